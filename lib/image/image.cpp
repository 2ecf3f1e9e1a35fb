#include "imgbuf/image.hpp"

#include <string>
#include <utility>

#include "base/out_of_memory.hpp"
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

}  // namespace

Image::Image(Array array, std::shared_ptr<const ImageInfo> info) noexcept
    : array_(std::move(array)), info_(std::move(info)) {}

Image Image::allocate(ImageInfo info, const Arrangement& arrangement) {
  const std::ptrdiff_t shape[] = {info.height, info.width, info.channels()};
  return over(Array::allocate(shape, info.pixel.format, arrangement), std::move(info));
}

Image Image::over(Array array, ImageInfo info) {
  require_shape(array.layout(), array.format(), info);
  return base::or_out_of_memory(
      [&] { return Image(std::move(array), std::make_shared<const ImageInfo>(std::move(info))); });
}

Image Image::over(Storage storage, std::byte* origin, Layout layout, ImageInfo info) {
  require_shape(layout, info.pixel.format, info);
  const Format format = info.pixel.format;
  return over(Array::over(std::move(storage), origin, std::move(layout), format), std::move(info));
}

const ImageInfo& Image::info() const noexcept {
  static const ImageInfo none;
  return info_ ? *info_ : none;
}

Image Image::with_view(const AnyConstView& view, ImageInfo info) const {
  require_shape(view.layout(), view.format(), info);
  return over(array_.with_view(view), std::move(info));
}

}  // namespace imgbuf
