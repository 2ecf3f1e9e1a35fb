#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "imgbuf/storage.hpp"
#include "memory/mapping.hpp"

namespace imgbuf::memory {

/// Memory without a name that can be mapped more than once (Linux: a `memfd`). Lives as long as this or a mapping of
/// it. Its size never changes, so that no mapping of it can lose its pages.
class SharedFile {
 public:
  /// Zeros. @param bytes  a multiple of the page
  /// @throws Error{out_of_memory}; Error{unsupported} where the system has no such memory
  static std::shared_ptr<const SharedFile> create(std::size_t bytes);

  SharedFile(int descriptor, std::size_t bytes) noexcept;
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile();

  /// Differs from that of every other file of this process, and from 0.
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  /// Maps pages at an address of the system's choice, or in place of what is mapped at `fixed`. Offset and size are
  /// multiples of the page. Returns the address, or null with `errno` set.
  [[nodiscard]] std::byte* map(std::size_t offset_bytes, std::size_t bytes, Access access,
                               std::byte* fixed = nullptr) const noexcept;
  /// Maps pages at `at` if nothing is mapped there; false when there is, or when the system cannot tell.
  [[nodiscard]] bool map_into_free(std::size_t offset_bytes, std::size_t bytes, Access access,
                                   std::byte* at) const noexcept;

 private:
  std::byte* map_with(int flags, std::size_t offset_bytes, std::size_t bytes, Access access,
                      std::byte* at) const noexcept;

  int descriptor_;
  std::size_t bytes_;
  std::uint64_t id_;
};

}  // namespace imgbuf::memory
