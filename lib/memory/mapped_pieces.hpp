#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "memory/shared_file.hpp"

namespace imgbuf::memory {

/// A stretch of a file of shared memory.
struct SharedPlace {
  std::shared_ptr<const SharedFile> file;
  std::size_t offset_bytes = 0;
};

/// Addresses [data, data + bytes) that show a stretch of shared memory.
struct MappedPiece {
  std::byte* data = nullptr;
  std::size_t bytes = 0;
  SharedPlace place;

  [[nodiscard]] bool holds(const std::byte* address, std::size_t size) const noexcept {
    const std::uintptr_t inside = reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(data);
    return inside <= bytes && size <= bytes - inside;
  }
};

/// Says for as long as it lives which shared memory a range of addresses shows. To be made after the range is mapped
/// and to go before it is unmapped. The list of all of them is the process's, and thread-safe.
class RegisteredPieces {
 public:
  /// @param pieces  at least one; ascending, not overlapping
  explicit RegisteredPieces(std::vector<MappedPiece> pieces);
  RegisteredPieces(const RegisteredPieces&) = delete;
  RegisteredPieces& operator=(const RegisteredPieces&) = delete;
  ~RegisteredPieces();

  [[nodiscard]] const std::vector<MappedPiece>& pieces() const noexcept { return pieces_; }

 private:
  std::vector<MappedPiece> pieces_;
};

/// The registered piece that holds an address.
[[nodiscard]] std::optional<MappedPiece> find_piece(const std::byte* address);

/// Where in shared memory [address, address + bytes) lies, when all of it lies in one registered piece.
[[nodiscard]] std::optional<SharedPlace> find_shared(const std::byte* address, std::size_t bytes);

/// Held by each mapping that shows memory at a second address; see `has_aliases`.
class CountedAlias {
 public:
  CountedAlias() noexcept;
  CountedAlias(const CountedAlias&) = delete;
  CountedAlias& operator=(const CountedAlias&) = delete;
  ~CountedAlias();
};

}  // namespace imgbuf::memory
