#include "imgbuf/array.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/import_tables.hpp"
#include "image/reach.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

/// The bytes of the last segment, where the tables of new memory are.
std::span<const std::byte> tables_of(const Storage& storage, const Layout& layout) noexcept {
  if (layout.is_direct() || storage.segments().empty()) return {};
  const Segment& last = storage.segments().back();
  return {last.data, last.bytes};
}

/// The view of new memory of shape (rows, elements of a row, channels) as one of another shape: what is behind the first
/// axis lies in C order in a row.
AnyView with_shape(const AnyView& view, std::span<const std::ptrdiff_t> shape) {
  const Layout& rows = view.layout();
  if (shape.empty()) return view.index(0, 0).squeeze();
  std::vector<Axis> axes(shape.size(), rows.axis(0));
  std::ptrdiff_t byte_stride = view.format().itemsize();
  for (std::size_t a = shape.size(); a-- > 1;) {
    axes[a] = {shape[a], byte_stride, rows.axis(1).level};
    byte_stride *= std::max<std::ptrdiff_t>(shape[a], 1);
  }
  return AnyView(view.origin(), Layout(axes, rows.pointer_offsets()), view.format());
}

/// One segment for each stretch of bytes that the starts of a level reach.
void add_reached(const Layout& layout, int level, std::ptrdiff_t itemsize, std::span<std::byte* const> starts,
                 const Segment& like, std::vector<Segment>& segments) {
  const ByteRange range = reached_bytes(layout, level, itemsize);
  std::vector<std::byte*> sorted(starts.begin(), starts.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t first_of_level = segments.size();
  for (std::byte* const start : sorted) {
    std::byte* const begin = image::shifted(start, range.first);
    std::byte* const end = image::shifted(start, range.last);
    if (segments.size() != first_of_level && begin <= segments.back().data + segments.back().bytes) {
      Segment& last = segments.back();
      last.bytes = std::max(last.bytes, static_cast<std::size_t>(end - last.data));
    } else {
      segments.push_back({begin, static_cast<std::size_t>(end - begin), like.access, like.keeper});
    }
  }
}

}  // namespace

Array::Array(Storage storage, AnyView view, Access access, std::span<const std::byte> own_tables) noexcept
    : storage_(std::move(storage)), view_(std::move(view)), access_(access), own_tables_(own_tables) {}

Array::Array(Array&& other) noexcept {
  *this = std::move(other);
}

Array& Array::operator=(Array&& other) noexcept {
  if (this == &other) return *this;
  storage_ = std::exchange(other.storage_, {});
  view_ = std::exchange(other.view_, {});
  access_ = std::exchange(other.access_, Access::read_write);
  own_tables_ = std::exchange(other.own_tables_, {});
  return *this;
}

Array Array::allocate(std::span<const std::ptrdiff_t> shape, Format format, const Arrangement& arrangement) {
  return base::or_out_of_memory([&] {
    (void)Layout::contiguous(shape, format.itemsize());  // so that the counts fit
    const bool is_planes = arrangement.kind == Arrangement::Kind::planes;
    if (is_planes && shape.size() != 2 && shape.size() != 3)
      throw Error(ErrorCode::invalid_argument,
                  "planes are an arrangement of 2 or 3 axes, not of " + std::to_string(shape.size()));
    const std::ptrdiff_t height = shape.empty() ? 1 : shape[0];
    const bool has_channels = is_planes && shape.size() == 3;
    std::ptrdiff_t width = 1;
    for (std::size_t a = 1; a < shape.size() - (has_channels ? 1 : 0); ++a) width *= shape[a];
    ArrangedMemory memory = allocate_arranged(height, width, has_channels ? shape[2] : 1, format, arrangement);
    const std::span<const std::byte> tables = tables_of(memory.storage, memory.layout);
    AnyView view(memory.origin, std::move(memory.layout), format);
    if (is_planes && !has_channels) view = view.drop_axis(2);
    if (!is_planes) view = with_shape(view, shape);
    return Array(std::move(memory.storage), std::move(view), Access::read_write, tables);
  });
}

Array Array::over(Storage storage, std::byte* origin, Layout layout, Format format) {
  return Array(std::move(storage), {}, Access::read_write, {})
      .with_view(AnyConstView(origin, std::move(layout), format));
}

Array Array::trusted(std::byte* origin, const Layout& layout, Format format, std::shared_ptr<void> keeper,
                     Access access) {
  return base::or_out_of_memory([&] {
    const Segment like{nullptr, 0, access, std::move(keeper)};
    std::vector<Segment> segments;
    image::follow_levels(layout, origin, [&](int level, std::span<std::byte* const> starts) {
      const bool is_elements = level == layout.indirections();
      add_reached(layout, level, is_elements ? format.itemsize() : std::ptrdiff_t{sizeof(std::byte*)}, starts, like,
                  segments);
    });
    // An array without elements reaches nothing, but keeps the memory as any other does.
    if (segments.empty()) segments.push_back({origin, 0, access, like.keeper});
    Array result = over(Storage(std::move(segments)), origin, layout, format);
    result.access_ = access;  // also of an array that reaches nothing
    return result;
  });
}

Array Array::with_view(const AnyConstView& view) const {
  return base::or_out_of_memory([&] {
    const image::ImportedTables imported = image::import_tables(
        storage_, own_tables_, const_cast<std::byte*>(view.origin()), view.layout(), view.format().itemsize());
    const Access access = is_read_only() ? Access::read_only : imported.access;
    AnyView own_view(imported.origin, imported.layout, view.format());
    if (imported.tables.bytes == 0) return Array(storage_, std::move(own_view), access, own_tables_);
    return Array(image::with_segment(storage_, imported.tables), std::move(own_view), access,
                 {imported.tables.data, imported.tables.bytes});
  });
}

Array Array::read_only() const {
  Array result = *this;
  result.access_ = Access::read_only;
  return result;
}

std::ptrdiff_t Array::packed_bytes() const {
  return base::or_out_of_memory([&] {
    (void)Layout::contiguous(layout().shape(), format().itemsize());  // repeated elements may be more than fit
    return layout().element_count() * format().itemsize();
  });
}

AnyView Array::view() const {
  if (is_read_only()) throw Error(ErrorCode::invalid_argument, "the memory is read-only");
  return base::or_out_of_memory([&] { return view_; });
}

AnyConstView Array::const_view() const {
  return base::or_out_of_memory([&] { return AnyConstView(view_); });
}

Array Array::with_part(AnyView view) const {
  return Array(storage_, std::move(view), access_, own_tables_);
}

Storage image::with_segment(const Storage& storage, const Segment& segment) {
  std::vector<Segment> segments(storage.segments().begin(), storage.segments().end());
  segments.push_back(segment);
  return Storage(std::move(segments));
}

}  // namespace imgbuf
