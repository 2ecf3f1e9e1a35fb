#include "imgbuf/storage.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>

namespace imgbuf {

struct Storage::State {
  std::vector<Segment> segments;
  std::vector<std::size_t> by_address;  ///< indices into segments, ascending by data
  /// The highest end of by_address[0..i]: foreign segments may overlap, and this says when to stop looking further
  /// down.
  std::vector<std::uintptr_t> highest_end;
};

Storage::Storage(std::vector<Segment> segments) {
  auto state = std::make_shared<State>();
  state->segments = std::move(segments);
  state->by_address.resize(state->segments.size());
  std::iota(state->by_address.begin(), state->by_address.end(), std::size_t{0});
  std::sort(state->by_address.begin(), state->by_address.end(), [&](std::size_t a, std::size_t b) {
    return std::less<>()(state->segments[a].data, state->segments[b].data);
  });
  std::uintptr_t highest = 0;
  for (const std::size_t i : state->by_address) {
    const Segment& segment = state->segments[i];
    highest = std::max(highest, reinterpret_cast<std::uintptr_t>(segment.data) + segment.bytes);
    state->highest_end.push_back(highest);
  }
  state_ = std::move(state);
}

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

std::optional<Access> Storage::access_of(const std::byte* address, std::size_t bytes) const noexcept {
  Access access = Access::read_write;
  if (reinterpret_cast<std::uintptr_t>(address) > UINTPTR_MAX - bytes) return std::nullopt;
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
