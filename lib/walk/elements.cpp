#include "imgbuf/elements.hpp"

#include <optional>
#include <span>
#include <string>

#include "base/out_of_memory.hpp"
#include "imgbuf/inline_vector.hpp"

namespace imgbuf::detail {

namespace {

using RowAxis = ElementRows::RowAxis;

/// The last axes for as long as they are one stretch of elements; takes them, and axes of extent 1, off `axes`.
RowAxis take_row(std::span<const Axis>& axes, int last_level) noexcept {
  RowAxis row;
  for (; !axes.empty(); axes = axes.first(axes.size() - 1)) {
    const Axis& axis = axes.back();
    if (axis.extent == 1) continue;
    if (axis.level != last_level) break;
    if (row.extent == 1)
      row.byte_stride = axis.byte_stride;
    else if (axis.byte_stride != row.byte_stride * row.extent)
      break;
    row.extent *= axis.extent;
  }
  return row;
}

/// Pointers of several levels as one: a table of where each combination of their indices leads.
class PointerTable {
 public:
  /// @param axes  those of `layout` whose indices choose rows, in logical order
  PointerTable(std::byte* origin, const Layout& layout, std::span<const Axis> axes) : layout_(layout) {
    std::ptrdiff_t entries = 1;
    for (std::size_t a = axes.size(); a-- > 0;) {
      const bool chooses = axes[a].level < layout.indirections() && axes[a].extent > 1 && axes[a].byte_stride != 0;
      slot_byte_strides_.insert(0, chooses ? entries * std::ptrdiff_t{sizeof(std::byte*)} : 0);
      if (chooses) entries *= axes[a].extent;
    }
    entries_ = std::shared_ptr<std::byte*[]>(new std::byte*[static_cast<std::size_t>(entries)]);
    InlineVector<std::ptrdiff_t, 4> index;
    for (int a = 0; a < layout.rank(); ++a) index.push_back(0);
    for (std::ptrdiff_t e = 0; e < entries; ++e) {
      entries_[e] = layout_.address(origin, {index.data(), index.size()});
      for (std::size_t a = axes.size(); a-- > 0;) {
        if (slot_byte_strides_[a] == 0) continue;
        if (++index[a] < axes[a].extent) break;
        index[a] = 0;
      }
    }
  }

  [[nodiscard]] std::ptrdiff_t slot_byte_stride(std::size_t axis) const noexcept { return slot_byte_strides_[axis]; }
  [[nodiscard]] const std::shared_ptr<std::byte* []>& entries() const noexcept { return entries_; }

  private : const Layout& layout_;
  InlineVector<std::ptrdiff_t, 4> slot_byte_strides_;
  std::shared_ptr<std::byte*[]> entries_;
};

/// Adds an axis that lies outside those before it, merged with the one it continues.
void add_outside(InlineVector<RowAxis, 3>& axes, const RowAxis& added) {
  if (!axes.empty() && added.slot_byte_stride == axes[0].slot_byte_stride * axes[0].extent &&
      added.byte_stride == axes[0].byte_stride * axes[0].extent)
    axes[0].extent *= added.extent;
  else
    axes.insert(0, added);
}

ElementRows make_rows(std::byte* origin, const Layout& layout, std::ptrdiff_t itemsize) {
  const int last_level = layout.indirections();
  ElementRows rows;
  std::span<const Axis> axes = layout.axes();
  const RowAxis row = take_row(axes, last_level);
  rows.row_size = row.extent;
  rows.byte_stride = row.extent == 1 ? itemsize : row.byte_stride;
  rows.row_count = layout.element_count() / row.extent;
  rows.base = origin;
  rows.is_indirect = last_level > 0;
  std::optional<PointerTable> table;
  if (last_level == 1) rows.pointer_offset = layout.pointer_offset(0);
  if (last_level > 1) {
    table.emplace(origin, layout, axes);
    rows.table = table->entries();
    rows.base = reinterpret_cast<std::byte*>(rows.table.get());
  }
  for (std::size_t a = axes.size(); a-- > 0;) {
    if (axes[a].extent == 1) continue;
    const bool is_pointers = axes[a].level < last_level;
    add_outside(rows.axes,
                {axes[a].extent, !is_pointers ? 0 : (table ? table->slot_byte_stride(a) : axes[a].byte_stride),
                 is_pointers ? 0 : axes[a].byte_stride});
  }
  if (rows.axes.empty()) rows.axes.push_back({});
  return rows;
}

}  // namespace

ElementRows element_rows(std::byte* origin, const Layout& layout, std::ptrdiff_t itemsize) {
  if (layout.is_empty()) return {};
  return base::or_out_of_memory([&] { return make_rows(origin, layout, itemsize); });
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
