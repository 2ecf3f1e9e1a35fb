#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

#include "imgbuf/reader.hpp"
#include "imgbuf/walk.hpp"
#include "imgbuf/writer.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

Image counted_pixels(const ImageInfo& info) {
  Image image = Image::allocate(info);
  std::uint8_t next = 0;
  auto* const bytes = image.view().origin();
  for (std::ptrdiff_t i = 0; i < info.pixel_bytes(); ++i) bytes[i] = std::byte{next++};
  return image;
}

}  // namespace

TEST_CASE("a format is called by its name or an extension in any case") {
  CHECK(writable_format("PNG") == "PNG");
  CHECK(writable_format("png") == "PNG");
  CHECK(writable_format("Jpeg") == "JPEG");
  CHECK(writable_format("JPG") == "JPEG");
  require_error(ErrorCode::unsupported,
                "'webp' is no format that can be written; there are PNG, JPEG, PBM, PGM, PPM, PNM, PAM, PFM, BMP, "
                "NPY, TIFF",
                [] { (void)writable_format("webp"); });
  require_error(
      ErrorCode::unsupported,
      "'' is no format that can be written; there are PNG, JPEG, PBM, PGM, PPM, PNM, PAM, PFM, BMP, NPY, TIFF",
      [] { (void)writable_format(""); });
}

TEST_CASE("a whole image goes into a sink, and out of an opened reader") {
  const Image image = counted_pixels(info_of(5, 7));
  std::vector<std::byte> file;
  const auto sink = Sink::memory(file);
  Context context;
  encode(image, "PNG", *sink, {}, context);
  sink->commit();

  const auto reader = open_reader(Source::memory(file));
  CHECK(reader->info().width == 7);
  const Image decoded = decode(*reader, {.region = Region{2, 1, 3, 4}}, Arrangement::rows(), context);
  CHECK(decoded.array().layout().indirections() == 1);
  for (std::ptrdiff_t y = 0; y < 4; ++y)
    CHECK(std::memcmp(decoded.const_view().address({y, 0, 0}), image.const_view().address({y + 1, 2, 0}), 9) == 0);
}

TEST_CASE("pixels that a format cannot hold are an error that names what it could") {
  std::vector<std::byte> file;
  const auto sink = Sink::memory(file, "out");
  Context context;
  require_error(ErrorCode::unsupported, "out: JPEG cannot store rgb u16; convert the pixels to rgb u8 first", [&] {
    encode(Image::allocate(info_of(1, 1, ColorModel::rgb, ElementType::u16)), "JPEG", *sink, {}, context);
  });
  ImageInfo keyed = info_of(1, 1);
  keyed.transparent_color = TransparentColor{1, 2, 3};
  require_error(ErrorCode::unsupported,
                "out: JPEG cannot store rgb u8 with a transparent colour; convert the pixels to rgb u8 first",
                [&] { encode(Image::allocate(keyed), "JPEG", *sink, {}, context); });
  CHECK(file.empty());
}
