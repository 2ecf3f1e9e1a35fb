#include "imgbuf/image.hpp"

#include <string>
#include <utility>

#include "base/out_of_memory.hpp"
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
  if (format != info.pixel.format)
    throw Error(ErrorCode::invalid_argument, "elements of format '" + format.pep3118() +
                                                 "' have the other byte order than the picture's '" +
                                                 info.pixel.format.pep3118() + "'");
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

Image::Image(Image&& other) noexcept {
  *this = std::move(other);
}

Image& Image::operator=(Image&& other) noexcept {
  if (this == &other) return *this;
  storage_ = std::exchange(other.storage_, {});
  view_ = std::exchange(other.view_, {});
  access_ = std::exchange(other.access_, Access::read_write);
  own_tables_ = std::exchange(other.own_tables_, {});
  info_ = std::exchange(other.info_, nullptr);
  return *this;
}

Image Image::allocate(ImageInfo info, const Arrangement& arrangement) {
  return base::or_out_of_memory([&] {
    ArrangedMemory memory = allocate_arranged(info.height, info.width, info.channels(), info.pixel.format, arrangement);
    const std::span<const std::byte> tables = tables_of(memory.storage, memory.layout);
    AnyView view(memory.origin, std::move(memory.layout), info.pixel.format);
    return Image(std::move(memory.storage), std::move(view), Access::read_write, tables,
                 std::make_shared<const ImageInfo>(std::move(info)));
  });
}

Image Image::over(Storage storage, std::byte* origin, Layout layout, ImageInfo info) {
  const AnyView view(origin, std::move(layout), info.pixel.format);
  return Image(std::move(storage), {}, Access::read_write, {}, nullptr).with_view(view, std::move(info));
}

const ImageInfo& Image::info() const noexcept {
  static const ImageInfo none;
  return info_ ? *info_ : none;
}

AnyView Image::view() const {
  if (is_read_only()) throw Error(ErrorCode::invalid_argument, "the image is read-only");
  return base::or_out_of_memory([&] { return view_; });
}

AnyConstView Image::const_view() const {
  return base::or_out_of_memory([&] { return AnyConstView(view_); });
}

Image Image::with_info(ImageInfo info) const {
  require_shape(view_.layout(), view_.format(), info);
  return base::or_out_of_memory(
      [&] { return Image(storage_, view_, access_, own_tables_, std::make_shared<const ImageInfo>(std::move(info))); });
}

Image Image::with_view(const AnyConstView& view, ImageInfo info) const {
  require_shape(view.layout(), view.format(), info);
  return base::or_out_of_memory([&] {
    const image::ImportedTables imported = image::import_tables(
        storage_, own_tables_, const_cast<std::byte*>(view.origin()), view.layout(), view.format().itemsize());
    const Access access = is_read_only() ? Access::read_only : imported.access;
    AnyView own_view(imported.origin, imported.layout, view.format());
    auto new_info = std::make_shared<const ImageInfo>(std::move(info));
    if (imported.tables.bytes == 0)
      return Image(storage_, std::move(own_view), access, own_tables_, std::move(new_info));
    return Image(with_segment(storage_, imported.tables), std::move(own_view), access,
                 {imported.tables.data, imported.tables.bytes}, std::move(new_info));
  });
}

}  // namespace imgbuf
