#include "imgbuf/layout.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "imgbuf/error.hpp"
#include "layout/checked.hpp"

namespace imgbuf {

namespace {

constexpr std::ptrdiff_t largest = std::numeric_limits<std::ptrdiff_t>::max();
/// Room for the element or pointer at the end of a span, so that its last byte fits as well.
constexpr std::ptrdiff_t last_item = 16;

std::string axis_place(int axis) {
  return "axis " + std::to_string(axis);
}

[[noreturn]] void refuse(ErrorCode code, std::string_view reason, int axis) {
  throw Error(code, reason, axis_place(axis));
}

/// The first index, the step and the number of indices that a slice selects of `extent`.
struct AdjustedSlice {
  std::ptrdiff_t start;
  std::ptrdiff_t step;
  std::ptrdiff_t count;
};

/// @see PySlice_Unpack and PySlice_AdjustIndices in the Python C API
AdjustedSlice adjust(const Slice& slice, std::ptrdiff_t extent) noexcept {
  const std::ptrdiff_t step = std::max(slice.step, -largest);
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

}  // namespace

Layout::Layout(std::span<const Axis> axes, std::span<const std::ptrdiff_t> pointer_offsets)
    : axes_(axes.data(), axes.size()), pointer_offsets_(pointer_offsets.data(), pointer_offsets.size()) {
  validate();
}

Layout::Layout(std::initializer_list<Axis> axes, std::initializer_list<std::ptrdiff_t> pointer_offsets)
    : Layout(std::span(axes.begin(), axes.size()), std::span(pointer_offsets.begin(), pointer_offsets.size())) {}

Layout Layout::strided(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> byte_strides) {
  if (shape.size() != byte_strides.size())
    throw Error(ErrorCode::invalid_argument, "shape and strides have different sizes");
  Layout layout;
  for (std::size_t a = 0; a < shape.size(); ++a) layout.axes_.push_back({shape[a], byte_strides[a], 0});
  layout.validate();
  return layout;
}

Layout Layout::contiguous(std::span<const std::ptrdiff_t> shape, std::ptrdiff_t itemsize) {
  Layout layout;
  for (const std::ptrdiff_t extent : shape) layout.axes_.push_back({extent, 0, 0});
  std::ptrdiff_t stride = itemsize;
  for (int a = layout.rank() - 1; a >= 0; --a) {
    Axis& axis = layout.axes_[static_cast<std::size_t>(a)];
    axis.byte_stride = stride;
    if (!detail::multiply(stride, std::max<std::ptrdiff_t>(axis.extent, 1), stride))
      refuse(ErrorCode::invalid_layout, "the bytes of the array do not fit the address space", a);
  }
  layout.validate();
  return layout;
}

void Layout::validate() const {
  if (rank() > max_rank) throw Error(ErrorCode::invalid_layout, "more than 64 axes");
  if (indirections() > max_indirections) throw Error(ErrorCode::invalid_layout, "more than 64 indirections");
  // What one level's arithmetic can reach on either side of where it starts.
  std::array<std::ptrdiff_t, max_indirections + 1> span{};
  for (int level = 0; level < indirections(); ++level) {
    const std::ptrdiff_t offset = pointer_offset(level);
    if (offset == std::numeric_limits<std::ptrdiff_t>::min())
      throw Error(ErrorCode::invalid_layout, "a pointer offset does not fit", "level " + std::to_string(level + 1));
    span[static_cast<std::size_t>(level) + 1] = std::abs(offset);
  }
  std::ptrdiff_t count = 1;
  bool empty = false;
  for (int a = 0; a < rank(); ++a) {
    const Axis& axis = axes_[static_cast<std::size_t>(a)];
    if (axis.extent < 0) refuse(ErrorCode::invalid_argument, "negative extent " + std::to_string(axis.extent), a);
    if (axis.level < 0 || axis.level > indirections())
      refuse(ErrorCode::invalid_argument,
             "level " + std::to_string(axis.level) + " of " + std::to_string(indirections()) + " indirections", a);
    empty = empty || axis.extent == 0;
    if (!detail::multiply(count, std::max<std::ptrdiff_t>(axis.extent, 1), count))
      refuse(ErrorCode::invalid_layout, "the number of elements does not fit", a);
    std::ptrdiff_t reach = 0;
    std::ptrdiff_t& level_span = span[static_cast<std::size_t>(axis.level)];
    if (axis.byte_stride == std::numeric_limits<std::ptrdiff_t>::min() ||
        !detail::multiply(std::abs(axis.byte_stride), std::max<std::ptrdiff_t>(axis.extent - 1, 0), reach) ||
        !detail::add(level_span, reach, level_span) || level_span > largest - last_item)
      refuse(ErrorCode::invalid_layout, "the bytes that the strides span do not fit", a);
  }
}

const Axis& Layout::axis(int index) const {
  if (index < 0 || index >= rank())
    throw Error(ErrorCode::invalid_argument, "no such axis in a layout of rank " + std::to_string(rank()),
                axis_place(index));
  return axes_[static_cast<std::size_t>(index)];
}

std::ptrdiff_t Layout::element_count() const noexcept {
  std::ptrdiff_t count = 1;
  for (const Axis& axis : axes_) count *= axis.extent;
  return count;
}

bool Layout::is_empty() const noexcept {
  return std::any_of(axes_.begin(), axes_.end(), [](const Axis& axis) { return axis.extent == 0; });
}

bool Layout::level_has_axis(int level) const noexcept {
  return std::any_of(axes_.begin(), axes_.end(), [level](const Axis& axis) { return axis.level == level; });
}

std::byte* Layout::address(std::byte* origin, std::span<const std::ptrdiff_t> index) const noexcept {
  std::byte* p = origin;
  for (int level = 0;; ++level) {
    for (std::size_t a = 0; a < axes_.size(); ++a)
      if (axes_[a].level == level) p += index[a] * axes_[a].byte_stride;
    if (level == indirections()) return p;
    std::memcpy(&p, p, sizeof p);
    p += pointer_offsets_[static_cast<std::size_t>(level)];
  }
}

Rebased Layout::index(int axis, std::ptrdiff_t i) const {
  const std::ptrdiff_t extent = this->axis(axis).extent;
  const std::ptrdiff_t from_start = i < 0 ? i + extent : i;
  if (from_start < 0 || from_start >= extent)
    refuse(ErrorCode::invalid_argument,
           "index " + std::to_string(i) + " is outside an extent of " + std::to_string(extent), axis);
  Rebased result = slice(axis, {from_start, from_start + 1, 1});
  result.layout.axes_.erase(static_cast<std::size_t>(axis));
  return result;
}

Rebased Layout::slice(int axis, const Slice& slice) const {
  const Axis& old = this->axis(axis);
  if (slice.step == 0) refuse(ErrorCode::invalid_argument, "slice step is 0", axis);
  const AdjustedSlice adjusted = adjust(slice, old.extent);

  Rebased result{*this, 0};
  Axis& changed = result.layout.axes_[static_cast<std::size_t>(axis)];
  changed.extent = adjusted.count;
  // A stride that is never taken may not fit; the old one serves as well.
  if (adjusted.count > 1) changed.byte_stride = old.byte_stride * adjusted.step;
  if (adjusted.count == 0) return result;  // no element: the origin does not matter, and the start may lie outside

  const std::ptrdiff_t shift = adjusted.start * old.byte_stride;
  if (changed.level == 0) {
    result.origin_offset_bytes = shift;
  } else {
    std::ptrdiff_t& offset = result.layout.pointer_offsets_[static_cast<std::size_t>(changed.level - 1)];
    if (!detail::add(offset, shift, offset)) refuse(ErrorCode::invalid_layout, "the pointer offset does not fit", axis);
  }
  return result;
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

Layout Layout::without_leading_level() const {
  Layout result = *this;
  result.pointer_offsets_.erase(0);
  for (Axis& axis : result.axes_) --axis.level;
  return result;
}

std::string Layout::describe() const {
  const auto list = [this](auto&& value) {
    std::string text = "(";
    for (std::size_t a = 0; a < axes_.size(); ++a) text += (a ? ", " : "") + std::to_string(value(axes_[a]));
    return text + ")";
  };
  std::string text = list([](const Axis& axis) { return axis.extent; }) + " strides " +
                     list([](const Axis& axis) { return axis.byte_stride; });
  if (is_direct()) return text;
  text += " levels " + list([](const Axis& axis) { return axis.level; }) + " offsets (";
  for (int level = 0; level < indirections(); ++level)
    text += (level ? ", " : "") + std::to_string(pointer_offset(level));
  return text + ")";
}

bool operator==(const Layout& a, const Layout& b) noexcept {
  return a.axes_ == b.axes_ && a.pointer_offsets_ == b.pointer_offsets_;
}

namespace {

/// @param fastest  the axes, the fastest first
template <class Iterator>
bool is_packed(Iterator fastest, Iterator end, std::ptrdiff_t itemsize) noexcept {
  std::ptrdiff_t expected = itemsize;
  for (; fastest != end; ++fastest) {
    if (fastest->extent != 1 && fastest->byte_stride != expected) return false;
    expected *= fastest->extent;
  }
  return true;
}

}  // namespace

bool is_c_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  if (!layout.is_direct()) return false;
  if (layout.is_empty()) return true;
  const auto axes = layout.axes();
  return is_packed(axes.rbegin(), axes.rend(), itemsize);
}

bool is_f_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  if (!layout.is_direct()) return false;
  return layout.is_empty() || is_packed(layout.axes().begin(), layout.axes().end(), itemsize);
}

}  // namespace imgbuf
