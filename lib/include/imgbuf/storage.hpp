#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// What may be done with memory.
enum class Access : unsigned char { read_only, read_write };

/// One contiguous piece of memory and what keeps it alive. A pointer table is a segment too.
struct Segment {
  std::byte* data = nullptr;
  std::size_t bytes = 0;
  Access access = Access::read_write;
  /// Releases the memory when the last copy goes, on whichever thread that happens; its deleter must not throw.
  /// Null for memory that the caller promises to outlive every image over it.
  std::shared_ptr<void> keeper = {};
};

/// The immutable list of segments that an image keeps alive. Copies share it by reference count; it never changes
/// after it was made, so threads share it freely and exports cannot dangle.
///
/// After `fork()` parent and child hold the same addresses: private memory is copied on the first write, shared memory
/// (`allocate_shared_segment`, and what is rewired from it) stays one, so that each sees what the other writes. Either
/// may go on to allocate and release; a keeper then runs once in each of the two processes.
class IMGBUF_API Storage {
 public:
  Storage() = default;
  /// @throws Error{out_of_memory}; the segments' keepers are then released
  explicit Storage(std::vector<Segment> segments);

  /// In the order in which they were given.
  [[nodiscard]] std::span<const Segment> segments() const noexcept;

  /// A segment that holds all of [address, address + bytes), or null. Where one lies inside another it is the outer
  /// one, and of several that are the same bytes the first.
  /// Logarithmic in the number of segments.
  [[nodiscard]] const Segment* find(const std::byte* address, std::size_t bytes) const noexcept;

  /// Whether each byte of [address, address + bytes) lies in a segment, be it in one or in several side by side.
  /// Logarithmic in the number of segments.
  [[nodiscard]] bool holds(const std::byte* address, std::size_t bytes) const noexcept;

  /// What may be done with all of [address, address + bytes): read-only when some byte of it lies in a read-only
  /// segment, whatever other segments hold that byte too; nothing when the storage does not hold it. No bytes may be
  /// written. Logarithmic in the number of segments.
  [[nodiscard]] std::optional<Access> access_of(const std::byte* address, std::size_t bytes) const noexcept;

  /// Sum of the segments' sizes.
  [[nodiscard]] std::size_t total_bytes() const noexcept;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

/// Fresh memory of `bytes` bytes, its base aligned to `alignment` (a power of two), contents undefined. Large blocks
/// are reserved with huge pages where the system has them and are reused by a bounded pool: the first touch of fresh
/// pages costs more than copying into used ones.
/// @throws Error{out_of_memory}; Error{invalid_argument} when `alignment` is no power of two
[[nodiscard]] IMGBUF_API Segment allocate_segment(std::size_t bytes, std::size_t alignment = 64);

/// Fresh memory of `bytes` zeros that can be mapped a second time, so that images over it can be rewired. Its base is
/// aligned to `alignment` (a power of two) and to the page. It is never pooled, takes one file descriptor, which
/// programs that this one starts do not inherit, and is NOT copied on write after `fork()`: parent and child share it.
/// @throws Error{out_of_memory} when there is no memory or no descriptor left; Error{unsupported} elsewhere than on
///         Linux; Error{invalid_argument} when `alignment` is no power of two
[[nodiscard]] IMGBUF_API Segment allocate_shared_segment(std::size_t bytes, std::size_t alignment = 64);

/// Gives the pool's idle memory back to the system.
IMGBUF_API void release_pooled_memory() noexcept;

}  // namespace imgbuf
