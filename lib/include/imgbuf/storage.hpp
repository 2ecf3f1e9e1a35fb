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
class IMGBUF_API Storage {
 public:
  Storage() = default;
  explicit Storage(std::vector<Segment> segments);

  /// In the order in which they were given.
  [[nodiscard]] std::span<const Segment> segments() const noexcept;

  /// The segment that holds all of [address, address + bytes), or null.
  /// Logarithmic in the number of segments.
  [[nodiscard]] const Segment* find(const std::byte* address, std::size_t bytes) const noexcept;

  /// Whether [address, address + bytes) lies in segments, one or several side by side, and what may be done with all of
  /// it; nothing when some byte lies outside.
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
/// @throws Error{out_of_memory}
[[nodiscard]] IMGBUF_API Segment allocate_segment(std::size_t bytes, std::size_t alignment = 64);

/// Gives the pool's idle memory back to the system.
IMGBUF_API void release_pooled_memory() noexcept;

}  // namespace imgbuf
