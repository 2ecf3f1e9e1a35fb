#include "imgbuf/elements.hpp"

#include <limits>
#include <new>
#include <span>
#include <string>

#include "imgbuf/inline_vector.hpp"
#include "layout/checked.hpp"

namespace imgbuf::detail {

namespace {

/// Axes that are one, seen in logical order; extent 1 when there are none.
struct Merged {
  std::ptrdiff_t extent = 1;
  std::ptrdiff_t byte_stride = 0;
};

/// Takes axes of `level` from the back of `axes` for as long as they are one stretch, and axes of extent 1.
Merged take_merged(std::span<const Axis>& axes, int level) noexcept {
  Merged merged;
  for (; !axes.empty(); axes = axes.first(axes.size() - 1)) {
    const Axis& axis = axes.back();
    if (axis.extent == 1) continue;
    if (axis.level != level) break;
    if (merged.extent == 1)
      merged.byte_stride = axis.byte_stride;
    else if (axis.byte_stride != merged.byte_stride * merged.extent)
      break;
    merged.extent *= axis.extent;
  }
  return merged;
}

/// A table of where each row begins. @param outer  the axes whose indices are the rows
std::shared_ptr<std::byte* []> table_of_rows(std::byte* origin, const Layout& layout, std::span<const Axis> outer,
                                             std::ptrdiff_t row_count) {
  std::ptrdiff_t bytes = 0;
  if (!multiply(row_count, sizeof(std::byte*), bytes))
    throw Error(ErrorCode::invalid_layout, "a table of " + std::to_string(row_count) + " rows does not fit");
  std::shared_ptr<std::byte*[]> table(new (std::nothrow) std::byte*[static_cast<std::size_t>(row_count)]);
  if (!table) throw Error(ErrorCode::out_of_memory, "the system gives no " + std::to_string(bytes) + " bytes");
  InlineVector<std::ptrdiff_t, 4> index;
  for (int a = 0; a < layout.rank(); ++a) index.push_back(0);
  for (std::ptrdiff_t r = 0; r < row_count; ++r) {
    table[r] = layout.address(origin, {index.data(), index.size()});
    for (std::size_t a = outer.size(); a-- > 0;) {
      if (++index[a] < outer[a].extent) break;
      index[a] = 0;
    }
  }
  return table;
}

}  // namespace

ElementRows element_rows(std::byte* origin, const Layout& layout, std::ptrdiff_t itemsize) {
  ElementRows rows;
  if (layout.is_empty()) return rows;
  std::span<const Axis> axes = layout.axes();
  const Merged row = take_merged(axes, layout.indirections());
  rows.row_size = row.extent;
  rows.byte_stride = row.extent == 1 ? itemsize : row.byte_stride;
  rows.row_count = layout.element_count() / row.extent;

  const std::span<const Axis> outer = axes;
  if (layout.indirections() <= 1) {
    const Merged steps = take_merged(axes, 0);
    if (axes.empty()) {
      rows.base = origin;
      rows.row_byte_stride = steps.byte_stride;
      rows.is_indirect = !layout.is_direct();
      if (rows.is_indirect) rows.pointer_offset = layout.pointer_offset(0);
      return rows;
    }
  }
  rows.table = table_of_rows(origin, layout, outer, rows.row_count);
  rows.base = reinterpret_cast<std::byte*>(rows.table.get());
  rows.row_byte_stride = sizeof(std::byte*);
  rows.is_indirect = true;
  return rows;
}

Layout pixel_layout(const Layout& layout, std::ptrdiff_t itemsize, std::ptrdiff_t pixel_bytes) {
  if (layout.rank() == 0) throw Error(ErrorCode::invalid_layout, "pixels need an axis of channels");
  const int last = layout.rank() - 1;
  const Axis& channels = layout.axis(last);
  const std::string place = "axis " + std::to_string(last);
  if (channels.extent * itemsize != pixel_bytes)
    throw Error(ErrorCode::invalid_layout,
                std::to_string(channels.extent) + " channels of " + std::to_string(itemsize) +
                    " bytes are no pixel of " + std::to_string(pixel_bytes) + " bytes",
                place);
  if (channels.extent > 1 && (channels.level != layout.indirections() || channels.byte_stride != itemsize))
    throw Error(ErrorCode::invalid_layout, "the channels do not lie side by side", place);
  return layout.is_empty() ? layout : layout.index(last, 0).layout;
}

}  // namespace imgbuf::detail
