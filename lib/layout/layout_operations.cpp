#include <algorithm>
#include <bitset>
#include <limits>
#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/layout.hpp"
#include "layout/checked.hpp"
#include "layout/refuse.hpp"

namespace imgbuf {

using layout::refuse;

namespace {

/// The first index, the step and the number of the indices that a slice selects.
struct Progression {
  std::ptrdiff_t start;
  std::ptrdiff_t step;
  std::ptrdiff_t count;
};

/// @see PySlice_Unpack and PySlice_AdjustIndices in the Python C API
Progression adjust(const Slice& slice, std::ptrdiff_t extent) noexcept {
  const std::ptrdiff_t step = std::max(slice.step, -std::numeric_limits<std::ptrdiff_t>::max());
  const auto clamp = [extent, step](std::ptrdiff_t i) {
    if (i < 0) {
      i += extent;
      return i < 0 ? (step < 0 ? -1 : 0) : i;
    }
    return i >= extent ? (step < 0 ? extent - 1 : extent) : i;
  };
  const std::ptrdiff_t start = slice.start ? clamp(*slice.start) : (step < 0 ? extent - 1 : 0);
  const std::ptrdiff_t stop = slice.stop ? clamp(*slice.stop) : (step < 0 ? -1 : extent);
  std::ptrdiff_t count = 0;
  if (step < 0 && stop < start) count = (start - stop - 1) / -step + 1;
  if (step > 0 && start < stop) count = (stop - start - 1) / step + 1;
  return {start, step, count};
}

/// The index counted from the start.
std::ptrdiff_t from_start(std::ptrdiff_t i, std::ptrdiff_t extent, int axis) {
  const std::ptrdiff_t counted = i < 0 ? i + extent : i;
  if (counted < 0 || counted >= extent)
    refuse(ErrorCode::invalid_argument,
           "index " + std::to_string(i) + " is outside an extent of " + std::to_string(extent), axis);
  return counted;
}

}  // namespace

Rebased Layout::take(int axis, std::ptrdiff_t start, std::ptrdiff_t step, std::ptrdiff_t count) const {
  Rebased result{*this, 0};
  Axis& changed = result.layout.axes_[static_cast<std::size_t>(axis)];
  const std::ptrdiff_t old_stride = changed.byte_stride;
  changed.extent = count;
  // A stride that is never taken may not fit; the old one serves as well.
  if (count > 1) changed.byte_stride = old_stride * step;
  if (count > 1 && step == 0) result.layout.validate();  // the only way in which a layout grows here
  if (count == 0) return result;  // no element: the origin does not matter, and the start may lie outside

  const std::ptrdiff_t shift = start * old_stride;
  if (changed.level == 0) {
    result.origin_offset_bytes = shift;
  } else {
    std::ptrdiff_t& offset = result.layout.pointer_offsets_[static_cast<std::size_t>(changed.level - 1)];
    if (!detail::add(offset, shift, offset)) refuse(ErrorCode::invalid_layout, "the pointer offset does not fit", axis);
  }
  return result;
}

Rebased Layout::index(int axis, std::ptrdiff_t i) const {
  Rebased result = take(axis, from_start(i, extent(axis), axis), 1, 1);
  result.layout.axes_.erase(static_cast<std::size_t>(axis));
  return result;
}

Rebased Layout::slice(int axis, const Slice& slice) const {
  const std::ptrdiff_t extent = this->extent(axis);
  if (slice.step == 0) refuse(ErrorCode::invalid_argument, "slice step is 0", axis);
  const Progression kept = adjust(slice, extent);
  return take(axis, kept.start, kept.step, kept.count);
}

Rebased Layout::window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const {
  const std::ptrdiff_t extent = this->extent(axis);
  if (start < 0 || count < 0 || start > extent || count > extent - start)
    refuse(ErrorCode::invalid_argument,
           "indices " + std::to_string(start) + " to " + std::to_string(start) + " + " + std::to_string(count) +
               " are not inside an extent of " + std::to_string(extent),
           axis);
  return take(axis, start, 1, count);
}

Rebased Layout::crop(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts) const {
  if (starts.size() != counts.size() || starts.size() > axes_.size())
    throw Error(ErrorCode::invalid_argument, "a crop of " + std::to_string(starts.size()) + " starts and " +
                                                 std::to_string(counts.size()) + " counts for a layout of rank " +
                                                 std::to_string(rank()));
  Rebased result{*this, 0};
  for (std::size_t a = 0; a < starts.size(); ++a) {
    Rebased cropped = result.layout.window(static_cast<int>(a), starts[a], counts[a]);
    cropped.origin_offset_bytes += result.origin_offset_bytes;
    result = std::move(cropped);
  }
  return result;
}

Rebased Layout::select(int axis, std::span<const std::ptrdiff_t> indices) const {
  const std::ptrdiff_t extent = this->extent(axis);
  const auto count = static_cast<std::ptrdiff_t>(indices.size());
  if (count == 0) return take(axis, 0, 1, 0);
  const std::ptrdiff_t first = from_start(indices[0], extent, axis);
  std::ptrdiff_t step = 1;
  bool is_even = true;
  std::ptrdiff_t last = first;
  for (std::ptrdiff_t n = 1; n < count; ++n) {
    const std::ptrdiff_t index = from_start(indices[static_cast<std::size_t>(n)], extent, axis);
    if (n == 1) step = index - first;
    is_even = is_even && index - last == step;
    last = index;
  }
  if (!is_even)
    refuse(ErrorCode::copy_required, "the selected indices are not evenly spaced, so only a copy holds them", axis);
  return take(axis, first, step, count);
}

Rebased Layout::flip(int axis) const {
  return slice(axis, {{}, {}, -1});
}

Layout Layout::permute(std::span<const int> order) const {
  std::bitset<max_rank> seen;
  if (order.size() != axes_.size())
    throw Error(ErrorCode::invalid_argument, "a permutation of " + std::to_string(order.size()) +
                                                 " axes for a layout of rank " + std::to_string(rank()));
  Layout result = *this;
  for (std::size_t a = 0; a < order.size(); ++a) {
    result.axes_[a] = axis(order[a]);
    if (seen[static_cast<std::size_t>(order[a])])
      refuse(ErrorCode::invalid_argument, "named twice in a permutation", order[a]);
    seen.set(static_cast<std::size_t>(order[a]));
  }
  return result;
}

Layout Layout::transpose() const {
  Layout result = *this;
  std::reverse(result.axes_.begin(), result.axes_.end());
  return result;
}

Layout Layout::insert_axis(int position) const {
  if (position < 0 || position > rank())
    refuse(ErrorCode::invalid_argument, "no such place for a new axis in rank " + std::to_string(rank()), position);
  if (rank() == max_rank) throw Error(ErrorCode::invalid_layout, "more than 64 axes");
  Layout result = *this;
  result.axes_.insert(static_cast<std::size_t>(position), {1, 0, indirections()});
  return result;
}

Layout Layout::drop_axis(int axis) const {
  if (this->axis(axis).extent != 1)
    refuse(ErrorCode::invalid_argument, "cannot drop an axis of extent " + std::to_string(this->axis(axis).extent),
           axis);
  Layout result = *this;
  result.axes_.erase(static_cast<std::size_t>(axis));
  return result;
}

Layout Layout::squeeze() const {
  Layout result = *this;
  for (int a = rank() - 1; a >= 0; --a)
    if (extent(a) == 1) result.axes_.erase(static_cast<std::size_t>(a));
  return result;
}

Layout Layout::broadcast(int axis, std::ptrdiff_t extent) const {
  const std::ptrdiff_t old = this->axis(axis).extent;
  if (old == extent) return *this;
  if (old != 1 || extent < 0)
    refuse(ErrorCode::invalid_argument,
           "cannot repeat an extent of " + std::to_string(old) + " to " + std::to_string(extent), axis);
  Layout result = *this;
  Axis& repeated = result.axes_[static_cast<std::size_t>(axis)];
  repeated.extent = extent;
  repeated.byte_stride = 0;
  result.validate();
  return result;
}

Layout Layout::broadcast_to(std::span<const std::ptrdiff_t> shape) const {
  const int new_rank = static_cast<int>(std::min(shape.size(), std::size_t{max_rank} + 1));
  if (new_rank < rank())
    throw Error(ErrorCode::invalid_argument, "cannot broadcast a layout of rank " + std::to_string(rank()) + " to " +
                                                 std::to_string(new_rank) + " axes");
  Layout result = *this;
  while (result.rank() < new_rank) result = result.insert_axis(0);
  for (int a = 0; a < new_rank; ++a) result = result.broadcast(a, shape[static_cast<std::size_t>(a)]);
  return result;
}

Layout Layout::without_leading_level() const& {
  return Layout(*this).without_leading_level();
}

Layout Layout::without_leading_level() && noexcept {
  pointer_offsets_.erase(0);
  for (Axis& axis : axes_) --axis.level;
  return std::move(*this);
}

}  // namespace imgbuf
