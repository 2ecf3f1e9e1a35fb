#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "memory/guarded_range.hpp"
#include "memory/mapping.hpp"

namespace imgbuf::memory {

/// A file's bytes, mapped for a reader that asks afterwards whether they were all there.
class GuardedMap {
 public:
  /// @param bytes  the file's size; not 0
  /// @returns null when the file cannot be mapped
  /// @throws Error{out_of_memory}
  static std::unique_ptr<GuardedMap> of(int fd, std::size_t bytes);

  explicit GuardedMap(Mapping mapping) : mapping_(std::move(mapping)), range_(mapping_.data(), mapping_.bytes()) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {mapping_.data(), mapping_.bytes()}; }
  [[nodiscard]] bool has_lost_pages() const noexcept { return range_.has_lost_pages(); }

  /// Says that a page is seldom followed by the next: the system then reads no more from the disk than is touched.
  void expect_scattered() noexcept;
  /// Lets the pages go that were touched so far. They leave this process' memory, not the system's cache.
  void let_go() noexcept;

 private:
  Mapping mapping_;
  GuardedRange range_;
};

}  // namespace imgbuf::memory
