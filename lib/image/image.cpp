#include "imgbuf/image.hpp"

#include <cstring>
#include <string>

#include "image/reach.hpp"
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

/// What may be done with all that a layout reaches; throws when it reaches outside the storage.
Access check_reach(const Storage& storage, std::byte* origin, const Layout& layout, std::ptrdiff_t itemsize) {
  Access access = Access::read_write;
  std::ptrdiff_t seen = 0;  // pointers followed, for the message
  image::visit_levels(layout, origin, [&](int level, std::byte* start) {
    const bool is_pixels = level == layout.indirections();
    const image::LevelReach reach = image::level_reach(layout, level);
    const std::ptrdiff_t bytes = reach.last - reach.first + (is_pixels ? itemsize : std::ptrdiff_t{sizeof(std::byte*)});
    const auto allowed = storage.access_of(image::shifted(start, reach.first), static_cast<std::size_t>(bytes));
    if (!allowed)
      throw Error(ErrorCode::invalid_layout,
                  level == 0 ? "the layout reaches memory outside its segments"
                             : "pointer " + std::to_string(seen) + " leads outside the segments",
                  "level " + std::to_string(level));
    // A pointer table that may only be read does not make the pixels read-only.
    if (is_pixels && *allowed == Access::read_only) access = Access::read_only;
    seen += level != 0;
  });
  return access;
}

}  // namespace

Image::Image(Storage storage, AnyView view, Access access, ImageInfo info)
    : storage_(std::move(storage)),
      view_(std::move(view)),
      access_(access),
      info_(std::make_shared<const ImageInfo>(std::move(info))) {}

Image Image::allocate(ImageInfo info, const Arrangement& arrangement) {
  ArrangedMemory memory = allocate_arranged(info.height, info.width, info.channels(), info.pixel.format, arrangement);
  AnyView view(memory.origin, std::move(memory.layout), info.pixel.format);
  return Image(std::move(memory.storage), std::move(view), Access::read_write, std::move(info));
}

Image Image::over(Storage storage, std::byte* origin, Layout layout, ImageInfo info) {
  require_shape(layout, info.pixel.format, info);
  const Access access = check_reach(storage, origin, layout, info.pixel.format.itemsize());
  AnyView view(origin, std::move(layout), info.pixel.format);
  return Image(std::move(storage), std::move(view), access, std::move(info));
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
  AnyView view(origin, std::move(layout), info.pixel.format);
  return Image(Storage(std::move(segments)), std::move(view), access, std::move(info));
}

AnyView Image::view() const {
  if (is_read_only()) throw Error(ErrorCode::invalid_argument, "the image is read-only");
  return view_;
}

Image Image::with_info(ImageInfo info) const {
  require_shape(view_.layout(), view_.format(), info);
  return Image(storage_, view_, access_, std::move(info));
}

Image Image::with_view(const AnyConstView& view, ImageInfo info) const {
  require_shape(view.layout(), view.format(), info);
  check_reach(storage_, const_cast<std::byte*>(view.origin()), view.layout(), view.format().itemsize());
  return Image(storage_, AnyView(const_cast<std::byte*>(view.origin()), view.layout(), view.format()), access_,
               std::move(info));
}

}  // namespace imgbuf
