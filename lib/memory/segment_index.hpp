#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "imgbuf/storage.hpp"

namespace imgbuf::memory {

/// Where segments lie, for questions about ranges of bytes. Each answer takes time logarithmic in the number of
/// segments, however they overlap.
class SegmentIndex {
 public:
  explicit SegmentIndex(std::span<const Segment> segments);

  /// The place in the list of a segment that holds all of [address, address + bytes). Of segments that are the same
  /// bytes it is the first, and never one that lies inside another.
  [[nodiscard]] std::optional<std::size_t> find(const std::byte* address, std::size_t bytes) const noexcept;

  /// Whether each byte of a range lies in a segment; true for no bytes.
  [[nodiscard]] bool holds(const std::byte* address, std::size_t bytes) const noexcept;

  /// Whether some byte of a range lies in a read-only segment. @pre holds(address, bytes)
  [[nodiscard]] bool meets_read_only(const std::byte* address, std::size_t bytes) const noexcept;

 private:
  /// Addresses [begin, end).
  struct Range {
    std::uintptr_t begin;
    std::uintptr_t end;
  };
  struct Place {
    Range range;
    std::size_t segment;
  };

  static void join(std::vector<Range>& ranges, const Range& next);
  /// The first of some ranges that ends after `address`.
  static std::vector<Range>::const_iterator first_after(const std::vector<Range>& ranges,
                                                        std::uintptr_t address) noexcept;

  std::vector<Place> widest_;     ///< segments that lie inside no other; begins and ends ascend
  std::vector<Range> covered_;    ///< the bytes of all segments; ascending, what touches is joined
  std::vector<Range> read_only_;  ///< the same of read-only segments

 public:
  /// What each segment that may be written takes here, at most.
  static constexpr std::size_t bytes_a_segment = sizeof(Place) + sizeof(Range);
};

}  // namespace imgbuf::memory
