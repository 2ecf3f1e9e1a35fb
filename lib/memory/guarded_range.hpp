#pragma once

#include <cstddef>

namespace imgbuf::memory {

/// Addresses of a mapped file that a `MappedGuard` watches over while this lives.
class GuardedRange {
 public:
  /// @param data   at a page's begin
  /// @throws Error{out_of_memory}
  GuardedRange(std::byte* data, std::size_t bytes);
  ~GuardedRange();
  GuardedRange(const GuardedRange&) = delete;
  GuardedRange& operator=(const GuardedRange&) = delete;

  /// Whether some page could not be read; all from it on may then be zeros.
  [[nodiscard]] bool has_lost_pages() const noexcept;

  struct Slot;

 private:
  Slot& slot_;
};

}  // namespace imgbuf::memory
