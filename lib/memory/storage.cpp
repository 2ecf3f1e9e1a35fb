#include "imgbuf/storage.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>

#include "memory/out_of_memory.hpp"

namespace imgbuf {

struct Storage::State {
  std::vector<Segment> segments;
  std::vector<std::size_t> by_address;  ///< indices into segments, ascending by data
  /// The highest end of by_address[0..i]: foreign segments may overlap, and this says when to stop looking further
  /// down.
  std::vector<std::uintptr_t> highest_end;
  /// All bytes of all segments as [begin, end), ascending, side by side ones joined.
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> covered;

  explicit State(std::vector<Segment> given) : segments(std::move(given)), by_address(segments.size()) {
    std::iota(by_address.begin(), by_address.end(), std::size_t{0});
    std::sort(by_address.begin(), by_address.end(),
              [&](std::size_t a, std::size_t b) { return std::less<>()(segments[a].data, segments[b].data); });
    highest_end.reserve(segments.size());
    std::uintptr_t highest = 0;
    for (const std::size_t i : by_address) {
      const auto begin = reinterpret_cast<std::uintptr_t>(segments[i].data);
      const std::uintptr_t end = begin + std::min<std::uintptr_t>(segments[i].bytes, UINTPTR_MAX - begin);
      highest = std::max(highest, end);
      highest_end.push_back(highest);
      if (covered.empty() || begin > covered.back().second)
        covered.emplace_back(begin, end);
      else
        covered.back().second = highest;
    }
  }
};

Storage::Storage(std::vector<Segment> segments)
    : state_(memory::or_out_of_memory([&] { return std::make_shared<const State>(std::move(segments)); })) {}

std::span<const Segment> Storage::segments() const noexcept {
  return state_ ? std::span<const Segment>(state_->segments) : std::span<const Segment>();
}

const Segment* Storage::find(const std::byte* address, std::size_t bytes) const noexcept {
  if (!state_) return nullptr;
  const auto after =
      std::upper_bound(state_->by_address.begin(), state_->by_address.end(), address,
                       [&](const std::byte* a, std::size_t i) { return std::less<>()(a, state_->segments[i].data); });
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(address) + bytes;
  for (auto i = static_cast<std::size_t>(after - state_->by_address.begin());
       i-- > 0 && state_->highest_end[i] >= end;) {
    const Segment& segment = state_->segments[state_->by_address[i]];
    const auto offset = static_cast<std::size_t>(address - segment.data);
    if (offset <= segment.bytes && bytes <= segment.bytes - offset) return &segment;
  }
  return nullptr;
}

bool Storage::holds(const std::byte* address, std::size_t bytes) const noexcept {
  if (bytes == 0) return true;
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  if (!state_ || begin > UINTPTR_MAX - bytes) return false;
  const auto after = std::partition_point(state_->covered.begin(), state_->covered.end(),
                                          [begin](const auto& range) { return range.second <= begin; });
  return after != state_->covered.end() && after->first <= begin && begin + bytes <= after->second;
}

std::optional<Access> Storage::access_of(const std::byte* address, std::size_t bytes) const noexcept {
  if (!holds(address, bytes)) return std::nullopt;
  Access access = Access::read_write;
  while (bytes != 0) {
    const Segment* segment = find(address, bytes);
    if (!segment) segment = find(address, 1);
    if (!segment) return std::nullopt;
    if (segment->access == Access::read_only) access = Access::read_only;
    const std::size_t inside = std::min(bytes, segment->bytes - static_cast<std::size_t>(address - segment->data));
    address += inside;
    bytes -= inside;
  }
  return access;
}

std::size_t Storage::total_bytes() const noexcept {
  std::size_t total = 0;
  for (const Segment& segment : segments()) total += segment.bytes;
  return total;
}

}  // namespace imgbuf
