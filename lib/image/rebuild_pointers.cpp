#include "imgbuf/rebuild_pointers.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/even_starts.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "layout/checked.hpp"

namespace imgbuf {

namespace {

constexpr std::ptrdiff_t pointer_bytes = sizeof(std::byte*);

/// An axis of the new table: going one index further moves within the old tables' starts, or by bytes, or not at all.
struct Digit {
  std::ptrdiff_t extent = 1;
  int old_table_axis = -1;  ///< the axis whose pointers it selects, or -1
  std::ptrdiff_t byte_stride = 0;
};

/// A way to express a layout: everything above a level becomes one table that leads to that level's starts.
struct Folding {
  int level = 0;
  Layout layout;
  std::vector<Digit> digits;  ///< of the table, outermost first; none: no table, the layout starts at the first start
  std::ptrdiff_t table_bytes = 0;
};

/// Strides of table axes that are even enough to need no pointers, by axis of the layout.
using EvenStrides = std::vector<std::optional<std::ptrdiff_t>>;

struct EvenAxis {
  image::StartTable::TableAxis axis;
  std::ptrdiff_t byte_stride;
};

bool is_exportable(const Layout& layout) {
  return export_buffer_shape(layout).shape.has_value();
}

/// Folds all levels above `level` into one table, or nothing when PEP 3118 cannot express the rest.
std::optional<Folding> fold(const Layout& layout, int level, const EvenStrides& even) {
  // What an axis is once the pointers above `level` are gone.
  const auto selects_pointers = [&](int a) {
    const Axis& axis = layout.axis(a);
    return axis.level < level && axis.extent > 1 && axis.byte_stride != 0 && !even[static_cast<std::size_t>(a)];
  };
  const auto stride_at_level = [&](int a) {
    const Axis& axis = layout.axis(a);
    if (axis.level >= level) return axis.byte_stride;
    return even[static_cast<std::size_t>(a)].value_or(0);
  };

  int table_axes = 0;  // the leading axes up to the last one that selects pointers
  for (int a = 0; a < layout.rank(); ++a)
    if (selects_pointers(a)) table_axes = a + 1;
  Folding folding;
  folding.level = level;
  const int first_level = table_axes == 0 ? 0 : 1;
  std::vector<Axis> axes;
  for (int a = 0; a < layout.rank(); ++a) {
    const Axis& old = layout.axis(a);
    const std::ptrdiff_t stride = stride_at_level(a);
    if (a >= table_axes) {
      axes.push_back({old.extent, stride, std::max(old.level - level, 0) + first_level});
    } else if (selects_pointers(a)) {
      axes.push_back({old.extent, 0, 0});
      folding.digits.push_back({old.extent, a, 0});
    } else if (old.extent == 1 || stride == 0) {
      axes.push_back({old.extent, 0, 0});
      folding.digits.push_back({});
    } else if (old.level <= level) {
      axes.push_back({old.extent, 0, 0});
      folding.digits.push_back({old.extent, -1, stride});
    } else {
      return std::nullopt;  // its stride counts behind a pointer that stays
    }
  }
  std::ptrdiff_t bytes = pointer_bytes;
  for (std::size_t d = folding.digits.size(); d-- > 0;) {
    if (folding.digits[d].extent == 1) continue;
    axes[d].byte_stride = bytes;
    if (!detail::multiply(bytes, folding.digits[d].extent, bytes)) return std::nullopt;
  }
  folding.table_bytes = table_axes == 0 ? 0 : bytes;
  std::vector<std::ptrdiff_t> offsets(layout.pointer_offsets().begin() + level, layout.pointer_offsets().end());
  if (table_axes != 0) offsets.insert(offsets.begin(), 0);
  folding.layout = Layout(axes, offsets);
  if (!is_exportable(folding.layout)) return std::nullopt;
  return folding;
}

/// The elements behind one pointer when some table axes need none, from their lowest byte to their highest.
Layout block_of(const Layout& layout, std::span<const EvenAxis> even) {
  std::vector<Axis> axes(layout.axes().begin(), layout.axes().end());
  for (Axis& axis : axes)
    axis = axis.level == layout.indirections() ? Axis{axis.extent, axis.byte_stride, 0} : Axis{1, 0, 0};
  for (const EvenAxis& e : even) axes[static_cast<std::size_t>(e.axis.axis)] = {e.axis.extent, e.byte_stride, 0};
  return Layout(axes);
}

/// The table axes along which all starts are evenly spaced, as many of the inner ones as span one segment each time.
EvenStrides find_even(const AnyConstView& view, const Storage& storage, const image::StartTable& table) {
  std::vector<EvenAxis> axes;
  for (const image::StartTable::TableAxis& axis : table.axes)
    if (axis.extent > 1)
      if (const auto stride = image::even_stride(axis, table.starts)) axes.push_back({axis, *stride});
  const auto fits = [&](std::span<const EvenAxis> even) {
    const Layout block = block_of(view.layout(), even);
    for (std::size_t i = 0; i < table.starts.size(); ++i) {
      const auto is_first = [i](const EvenAxis& e) {
        return static_cast<std::ptrdiff_t>(i) / e.axis.entries % e.axis.extent == 0;
      };
      if (!std::all_of(even.begin(), even.end(), is_first)) continue;
      const image::Extent extent = image::extent_of(block, 0, table.starts[i], view.format().itemsize());
      if (!storage.find(extent.begin, extent.bytes)) return false;
    }
    return true;
  };
  std::span<const EvenAxis> even = axes;
  while (!even.empty() && !fits(even)) even = even.subspan(1);
  EvenStrides strides(static_cast<std::size_t>(view.rank()));
  for (const EvenAxis& e : even) strides[static_cast<std::size_t>(e.axis.axis)] = e.byte_stride;
  return strides;
}

/// The folding with the smallest table, of several the one with the fewest pointers. One always exists: a table of all
/// that leads to the last level has one pointer, an offset of 0, and direct elements behind it.
Folding choose(const AnyConstView& view, const Storage& storage) {
  const Layout& layout = view.layout();
  if (is_exportable(layout)) return {0, layout, {}, 0};
  if (layout.is_empty()) return {0, image::empty_direct_layout(layout, view.format().itemsize()), {}, 0};
  auto* const origin = const_cast<std::byte*>(view.origin());
  const EvenStrides none(static_cast<std::size_t>(layout.rank()));
  const int last = layout.indirections();
  std::optional<Folding> best;
  const auto consider = [&best](std::optional<Folding> folding) {
    if (folding && (!best || folding->table_bytes < best->table_bytes)) best = std::move(folding);
  };
  consider(fold(layout, last, find_even(view, storage, image::read_starts(layout, origin, last))));
  for (int level = last; level >= 1; --level) consider(fold(layout, level, none));
  if (!best)
    throw Error(ErrorCode::limit_exceeded, "a pointer table for " + layout.describe() + " does not fit the memory");
  return *std::move(best);
}

/// Writes the table's pointers in C order of its digits.
class TableWriter {
 public:
  TableWriter(const Folding& folding, const image::StartTable& starts, std::byte* table)
      : folding_(folding), starts_(starts), next_(table) {}

  void write(std::size_t digit = 0, std::ptrdiff_t start = 0, std::ptrdiff_t bytes = 0) {
    if (digit == folding_.digits.size()) {
      std::byte* const target = image::shifted(starts_.starts[static_cast<std::size_t>(start)], bytes);
      std::memcpy(next_, &target, sizeof target);
      next_ += pointer_bytes;
      return;
    }
    const Digit& d = folding_.digits[digit];
    std::ptrdiff_t entries = 0;
    for (const image::StartTable::TableAxis& axis : starts_.axes)
      if (axis.axis == d.old_table_axis) entries = axis.entries;
    for (std::ptrdiff_t i = 0; i < d.extent; ++i) write(digit + 1, start + i * entries, bytes + i * d.byte_stride);
  }

 private:
  const Folding& folding_;
  const image::StartTable& starts_;
  std::byte* next_;
};

RebuiltView rebuilt(const AnyConstView& view, const Storage& storage, std::optional<std::ptrdiff_t> max_table_bytes) {
  const Folding folding = choose(view, storage);
  std::ptrdiff_t pixel_bytes = 0;
  if (!detail::multiply(view.layout().element_count(), view.format().itemsize(), pixel_bytes))
    pixel_bytes = std::numeric_limits<std::ptrdiff_t>::max();  // repeated elements need not fit the memory
  if (folding.table_bytes != 0 && folding.table_bytes > max_table_bytes.value_or(pixel_bytes))
    throw Error(ErrorCode::limit_exceeded,
                "a pointer table of " + std::to_string(folding.table_bytes) + " bytes is larger than the " +
                    (max_table_bytes ? std::to_string(*max_table_bytes) + " bytes that are allowed"
                                     : std::to_string(pixel_bytes) + " bytes of its pixels"));
  if (folding.level == 0) return {AnyConstView(view.origin(), folding.layout, view.format()), {}};
  auto* const origin = const_cast<std::byte*>(view.origin());
  const image::StartTable starts = image::read_starts(view.layout(), origin, folding.level);
  if (folding.table_bytes == 0) return {AnyConstView(starts.starts[0], folding.layout, view.format()), {}};
  Segment table = allocate_segment(static_cast<std::size_t>(folding.table_bytes));
  TableWriter(folding, starts, table.data).write();
  table.access = Access::read_only;
  const std::byte* const new_origin = table.data;
  return {AnyConstView(new_origin, folding.layout, view.format()), std::move(table)};
}

}  // namespace

std::ptrdiff_t rebuilt_table_bytes(const AnyConstView& view, const Storage& storage) {
  return base::or_out_of_memory([&] { return choose(view, storage).table_bytes; });
}

std::ptrdiff_t rebuilt_table_bytes(const Array& array) {
  return rebuilt_table_bytes(array.const_view(), array.storage());
}

std::ptrdiff_t rebuilt_table_bytes(const Image& image) {
  return rebuilt_table_bytes(image.array());
}

RebuiltView rebuild_pointers(const AnyConstView& view, const Storage& storage,
                             std::optional<std::ptrdiff_t> max_table_bytes) {
  return base::or_out_of_memory([&] { return rebuilt(view, storage, max_table_bytes); });
}

Array rebuild_pointers(const Array& array, std::optional<std::ptrdiff_t> max_table_bytes) {
  return base::or_out_of_memory([&] {
    RebuiltView result = rebuilt(array.const_view(), array.storage(), max_table_bytes);
    image::ArrayParts parts = image::ArrayParts::of(array);
    parts.view = AnyView(const_cast<std::byte*>(result.view.origin()), result.view.layout(), result.view.format());
    if (result.table.bytes != 0) {
      parts.storage = image::with_segment(parts.storage, result.table);
      parts.own_tables = {result.table.data, result.table.bytes};
    }
    return std::move(parts).made();
  });
}

Image rebuild_pointers(const Image& image, std::optional<std::ptrdiff_t> max_table_bytes) {
  return Image::over(rebuild_pointers(image.array(), max_table_bytes), image.info());
}

}  // namespace imgbuf
