#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/rows.hpp"

namespace imgbuf {

namespace {

/// The axis that keeps the elements under one index of axis 0 from being one packed run, or -1.
int unpacked_axis(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  std::ptrdiff_t expected = itemsize;
  for (int a = layout.rank() - 1; a >= 1; --a) {
    const Axis& axis = layout.axis(a);
    if (axis.extent == 1) continue;
    if (axis.level != layout.indirections() || axis.byte_stride != expected) return a;
    expected *= axis.extent;
  }
  return -1;
}

template <class Byte, class AnyViewType>
RowPointers<Byte> pointers_of(const AnyViewType& view) {
  if (view.rank() != 2 && view.rank() != 3)
    throw Error(ErrorCode::invalid_argument,
                "row pointers need a view of 2 or 3 axes, not " + std::to_string(view.rank()));
  detail::require_packed_rows(view.layout(), view.format().itemsize());
  std::vector<Byte*> pointers(static_cast<std::size_t>(view.extent(0)));
  if (!view.is_empty()) {
    std::ptrdiff_t index[3] = {};
    for (Byte*& pointer : pointers) {
      pointer = view.address(std::span<const std::ptrdiff_t>(index, static_cast<std::size_t>(view.rank())));
      ++index[0];
    }
  }
  return RowPointers<Byte>(std::move(pointers));
}

}  // namespace

namespace detail {

void require_packed_rows(const Layout& layout, std::ptrdiff_t itemsize) {
  const int axis = layout.is_empty() ? -1 : unpacked_axis(layout, itemsize);
  if (axis < 0) return;
  const Axis& culprit = layout.axis(axis);
  throw Error(
      ErrorCode::invalid_layout,
      culprit.level != layout.indirections()
          ? "the elements of a row lie behind different pointers, so that a row is not one run"
          : "a stride of " + std::to_string(culprit.byte_stride) + " bytes keeps a row from being one packed run",
      "axis " + std::to_string(axis));
}

}  // namespace detail

bool has_packed_rows(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  return layout.rank() >= 1 && (layout.is_empty() || unpacked_axis(layout, itemsize) < 0);
}

RowPointers<std::byte> row_pointers(const AnyView& view) {
  return pointers_of<std::byte>(view);
}
RowPointers<const std::byte> row_pointers(const AnyConstView& view) {
  return pointers_of<const std::byte>(view);
}

}  // namespace imgbuf
