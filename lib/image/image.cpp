#include "imgbuf/image.hpp"

#include <cstring>
#include <string>

#include "image/import_tables.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

void require_shape(const Layout& layout, Format format, const ImageInfo& info) {
  const std::ptrdiff_t expected[] = {info.height, info.width, info.channels()};
  bool same = layout.rank() == 3;
  for (int a = 0; same && a < 3; ++a) same = layout.extent(a) == expected[a];
  if (!same)
    throw Error(ErrorCode::invalid_argument, "a layout of " + layout.describe() + " for a picture of " +
                                                 std::to_string(info.height) + " rows, " + std::to_string(info.width) +
                                                 " columns and " + std::to_string(info.channels()) + " channels");
  if (format.type() != info.pixel.format.type())
    throw Error(ErrorCode::invalid_argument, "elements are " + std::string(to_string(format.type())) +
                                                 ", the picture's " + std::string(to_string(info.pixel.format.type())));
}

/// The bytes of the last segment, where the tables of new memory are.
std::span<const std::byte> tables_of(const Storage& storage, const Layout& layout) noexcept {
  if (layout.is_direct() || storage.segments().empty()) return {};
  const Segment& last = storage.segments().back();
  return {last.data, last.bytes};
}

/// A storage and one segment more.
Storage with_segment(const Storage& storage, const Segment& segment) {
  std::vector<Segment> segments(storage.segments().begin(), storage.segments().end());
  segments.push_back(segment);
  return Storage(std::move(segments));
}

}  // namespace

Image::Image(Storage storage, AnyView view, Access access, std::span<const std::byte> own_tables,
             std::shared_ptr<const ImageInfo> info)
    : storage_(std::move(storage)),
      view_(std::move(view)),
      access_(access),
      own_tables_(own_tables),
      info_(std::move(info)) {}

Image Image::allocate(ImageInfo info, const Arrangement& arrangement) {
  ArrangedMemory memory = allocate_arranged(info.height, info.width, info.channels(), info.pixel.format, arrangement);
  const std::span<const std::byte> tables = tables_of(memory.storage, memory.layout);
  AnyView view(memory.origin, std::move(memory.layout), info.pixel.format);
  return Image(std::move(memory.storage), std::move(view), Access::read_write, tables,
               std::make_shared<const ImageInfo>(std::move(info)));
}

Image Image::over(Storage storage, std::byte* origin, Layout layout, ImageInfo info) {
  const AnyView view(origin, std::move(layout), info.pixel.format);
  return Image(std::move(storage), {}, Access::read_write, {}, nullptr).with_view(view, std::move(info));
}

Image Image::from_rows(std::span<std::byte* const> rows, ImageInfo info, std::shared_ptr<void> keeper, Access access) {
  if (info.height < 0 || rows.size() != static_cast<std::size_t>(info.height))
    throw Error(ErrorCode::invalid_argument, std::to_string(rows.size()) + " row pointers for a picture of " +
                                                 std::to_string(info.height) + " rows");
  const std::ptrdiff_t item = info.pixel.format.itemsize();
  const std::ptrdiff_t pixel = info.pixel.bytes_per_pixel();
  Layout layout({{info.height, sizeof(std::byte*), 0}, {info.width, pixel, 1}, {info.channels(), item, 1}}, {0});
  const auto row_bytes = static_cast<std::size_t>(info.row_bytes());

  std::vector<Segment> segments;
  segments.reserve(rows.size() + 1);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    if (!rows[y] && row_bytes != 0)
      throw Error(ErrorCode::invalid_argument, "null row pointer", "row " + std::to_string(y));
    segments.push_back({rows[y], row_bytes, access, keeper});
  }
  Segment table = allocate_segment(rows.size_bytes());
  if (!rows.empty()) std::memcpy(table.data, rows.data(), rows.size_bytes());
  std::byte* const origin = table.data;
  segments.push_back(std::move(table));
  Storage storage(std::move(segments));
  const std::span<const std::byte> tables = tables_of(storage, layout);
  AnyView view(origin, std::move(layout), info.pixel.format);
  return Image(std::move(storage), std::move(view), access, tables, std::make_shared<const ImageInfo>(std::move(info)));
}

AnyView Image::view() const {
  if (is_read_only()) throw Error(ErrorCode::invalid_argument, "the image is read-only");
  return view_;
}

Image Image::with_info(ImageInfo info) const {
  require_shape(view_.layout(), view_.format(), info);
  return Image(storage_, view_, access_, own_tables_, std::make_shared<const ImageInfo>(std::move(info)));
}

Image Image::with_view(const AnyConstView& view, ImageInfo info) const {
  require_shape(view.layout(), view.format(), info);
  const image::ImportedTables imported = image::import_tables(
      storage_, own_tables_, const_cast<std::byte*>(view.origin()), view.layout(), view.format().itemsize());
  const Access access = is_read_only() ? Access::read_only : imported.access;
  const AnyView own_view(imported.origin, imported.layout, view.format());
  auto new_info = std::make_shared<const ImageInfo>(std::move(info));
  if (imported.tables.bytes == 0) return Image(storage_, own_view, access, own_tables_, std::move(new_info));
  return Image(with_segment(storage_, imported.tables), own_view, access, {imported.tables.data, imported.tables.bytes},
               std::move(new_info));
}

}  // namespace imgbuf
