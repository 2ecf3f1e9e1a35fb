#include "memory/segment_index.hpp"

#include <algorithm>
#include <iterator>

namespace imgbuf::memory {

SegmentIndex::SegmentIndex(std::span<const Segment> segments) {
  widest_.reserve(segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto begin = reinterpret_cast<std::uintptr_t>(segments[i].data);
    widest_.push_back({{begin, begin + std::min<std::uintptr_t>(segments[i].bytes, UINTPTR_MAX - begin)}, i});
  }
  std::sort(widest_.begin(), widest_.end(), [](const Place& a, const Place& b) {
    if (a.range.begin != b.range.begin) return a.range.begin < b.range.begin;
    return a.range.end != b.range.end ? a.range.end > b.range.end : a.segment < b.segment;
  });
  covered_.reserve(segments.size());
  for (const Place& place : widest_) {
    join(covered_, place.range);
    if (segments[place.segment].access == Access::read_only) join(read_only_, place.range);
  }
  auto kept_end = widest_.begin();
  for (const Place& place : widest_)
    if (kept_end == widest_.begin() || place.range.end > std::prev(kept_end)->range.end) *kept_end++ = place;
  widest_.erase(kept_end, widest_.end());
}

void SegmentIndex::join(std::vector<Range>& ranges, const Range& next) {
  if (next.begin == next.end) return;
  if (ranges.empty() || next.begin > ranges.back().end)
    ranges.push_back(next);
  else
    ranges.back().end = std::max(ranges.back().end, next.end);
}

std::vector<SegmentIndex::Range>::const_iterator SegmentIndex::first_after(const std::vector<Range>& ranges,
                                                                           std::uintptr_t address) noexcept {
  return std::partition_point(ranges.begin(), ranges.end(),
                              [address](const Range& range) { return range.end <= address; });
}

std::optional<std::size_t> SegmentIndex::find(const std::byte* address, std::size_t bytes) const noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  const auto after = std::partition_point(widest_.begin(), widest_.end(),
                                          [begin](const Place& place) { return place.range.begin <= begin; });
  if (after == widest_.begin()) return std::nullopt;
  const Place& last = *std::prev(after);  // of those that begin early enough the one that ends last
  if (begin > last.range.end || bytes > last.range.end - begin) return std::nullopt;
  return last.segment;
}

bool SegmentIndex::holds(const std::byte* address, std::size_t bytes) const noexcept {
  if (bytes == 0) return true;
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  const auto range = first_after(covered_, begin);
  return range != covered_.end() && range->begin <= begin && bytes <= range->end - begin;
}

bool SegmentIndex::meets_read_only(const std::byte* address, std::size_t bytes) const noexcept {
  if (bytes == 0) return false;
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  const auto range = first_after(read_only_, begin);
  return range != read_only_.end() && range->begin < begin + bytes;
}

}  // namespace imgbuf::memory
