#include "imgbuf/storage.hpp"

#include <utility>

#include "base/out_of_memory.hpp"
#include "memory/segment_index.hpp"

namespace imgbuf {

struct Storage::State {
  explicit State(std::vector<Segment> given) : segments(std::move(given)), index(segments) {}

  std::vector<Segment> segments;
  memory::SegmentIndex index;
};

Storage::Storage(std::vector<Segment> segments)
    : state_(base::or_out_of_memory([&] { return std::make_shared<const State>(std::move(segments)); })) {}

std::span<const Segment> Storage::segments() const noexcept {
  return state_ ? std::span<const Segment>(state_->segments) : std::span<const Segment>();
}

const Segment* Storage::find(const std::byte* address, std::size_t bytes) const noexcept {
  if (!state_) return nullptr;
  const std::optional<std::size_t> place = state_->index.find(address, bytes);
  return place ? &state_->segments[*place] : nullptr;
}

bool Storage::holds(const std::byte* address, std::size_t bytes) const noexcept {
  return bytes == 0 || (state_ && state_->index.holds(address, bytes));
}

std::optional<Access> Storage::access_of(const std::byte* address, std::size_t bytes) const noexcept {
  if (!holds(address, bytes)) return std::nullopt;
  return bytes != 0 && state_->index.meets_read_only(address, bytes) ? Access::read_only : Access::read_write;
}

std::size_t Storage::total_bytes() const noexcept {
  std::size_t total = 0;
  for (const Segment& segment : segments()) total += segment.bytes;
  return total;
}

}  // namespace imgbuf
