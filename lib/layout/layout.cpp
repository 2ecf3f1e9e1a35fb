#include "imgbuf/layout.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "imgbuf/error.hpp"
#include "layout/checked.hpp"
#include "layout/refuse.hpp"

namespace imgbuf {

using layout::refuse;

namespace {

constexpr std::ptrdiff_t largest = std::numeric_limits<std::ptrdiff_t>::max();
/// Room for the element or pointer at the end of a span, so that its last byte fits as well.
constexpr std::ptrdiff_t last_item = 16;

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
    if (offset < -(largest - last_item) || offset > largest - last_item)
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
    refuse(ErrorCode::invalid_argument, "no such axis in a layout of rank " + std::to_string(rank()), index);
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

}  // namespace imgbuf
