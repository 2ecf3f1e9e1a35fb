#include <catch2/catch.hpp>

#include "imgbuf/error.hpp"
#include "unit/codecs/png_testing.hpp"

namespace imgbuf::test::png {

namespace {

std::optional<ErrorCode> start_error(const ImageInfo& info) {
  Bytes file;
  const auto sink = Sink::memory(file);
  const auto writer = make_writer("PNG", *sink, {});
  Context context;
  try {
    writer->start(info, context);
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("png: stores what it can as it is, and names the nearest for the rest") {
  for (const auto& kind : all_png_kinds()) {
    const ImageInfo info = kind.info(1, 1);
    INFO(kind.name());
    CHECK(can_store("PNG", info));
    CHECK(nearest_storable("PNG", info) == info.pixel);
  }
  const auto nearest = [](PixelFormat pixel) {
    ImageInfo info;
    info.width = info.height = 1;
    info.pixel = pixel;
    CHECK_FALSE(can_store("PNG", info));
    CHECK(start_error(info) == ErrorCode::unsupported);
    const auto answer = nearest_storable("PNG", info);
    info.pixel = answer;
    CHECK(can_store("PNG", info));
    return answer;
  };
  using enum ElementType;
  using enum ColorModel;
  for (const auto type : {f16, f32, f64, u32, i32, i16}) {
    CHECK(nearest(PixelFormat::of(type, gray)) == PixelFormat::of(u16, gray));
    CHECK(nearest(PixelFormat::of(type, rgb, true)) == PixelFormat::of(u16, rgb, true));
  }
  CHECK(nearest(PixelFormat::of(i8, gray, true)) == PixelFormat::of(u8, gray, true));
  CHECK(nearest(PixelFormat::of(u8, cmyk)) == PixelFormat::of(u8, rgb));
  CHECK(nearest(PixelFormat::of(u16, cmyk, true)) == PixelFormat::of(u16, rgb, true));
  CHECK(nearest({u16, gray, false, 12}) == PixelFormat::of(u16, gray));
  CHECK(nearest({u8, gray, false, 3}) == PixelFormat::of(u8, gray));
  CHECK(nearest({u8, gray, true, 4}) == PixelFormat::of(u8, gray, true));
  CHECK(nearest({u8, rgb, false, 5}) == PixelFormat::of(u8, rgb));
  CHECK(nearest({u8, palette, false, 8}) == PixelFormat::of(u8, rgb));

  ImageInfo too_many = PngKind{palette, false, 4, true}.info(1, 1);
  too_many.palette.emplace_back();
  CHECK_FALSE(can_store("PNG", too_many));
  CHECK(nearest_storable("PNG", too_many) == PixelFormat::of(u8, rgb, true));
}

TEST_CASE("png: sizes that PNG forbids are refused") {
  const ImageInfo info = PngKind{ColorModel::gray, false, 8}.info(1, 1);
  for (const auto& [height, width] :
       {std::pair<std::ptrdiff_t, std::ptrdiff_t>{0, 1}, {1, 0}, {1L << 31, 1}, {1, 1L << 31}}) {
    ImageInfo other = info;
    other.height = height;
    other.width = width;
    CHECK(start_error(other) == ErrorCode::unsupported);
  }
  CHECK_FALSE(start_error(info));
  ImageInfo wide = info;
  wide.width = 3'000'000;
  CHECK_FALSE(start_error(wide));
}

TEST_CASE("png: compression is a level of zlib, and loses nothing") {
  const RandomPng png = random_png({ColorModel::gray, false, 4}, 60, 70, 91);
  const GuardedImage image(Kind::contiguous, 60, 70, 1, ElementType::u8);
  fill_from_packed(image.view(), png.pixels);
  Context context;
  std::vector<std::size_t> sizes;
  for (int level = 0; level <= 9; ++level) {
    const Bytes file = encode_png(png.info, image.view(), context, {.compression = level});
    CHECK(decode_with_libpng(file) == png.pixels);
    sizes.push_back(file.size());
  }
  // Stored: 35 bytes and a filter byte a row.
  CHECK(sizes[0] > 60 * 36);
  Bytes out;
  const auto sink = Sink::memory(out);
  for (const int level : {-1, 10}) CHECK_THROWS_AS(make_writer("PNG", *sink, {.compression = level}), Error);
}

TEST_CASE("png: truecolour and gray of 8 bits are filtered, palettes and packed samples are not") {
  const auto uses_filters = [](const PngKind& kind) {
    const std::ptrdiff_t size = 32;
    const ImageInfo info = kind.info(size, size);
    const GuardedImage image(Kind::contiguous, size, size, info.channels(), info.pixel.format);
    // A ramp, for which a difference is the better choice.
    Bytes ramp;
    for (std::ptrdiff_t i = 0; i < info.pixel_bytes(); ++i)
      ramp.push_back(static_cast<std::byte>((i * 5 + i / 32) & 7));
    fill_from_packed(image.view(), ramp);
    Context context;
    const Bytes file = encode_png(info, image.view(), context, {.compression = 0});
    // Stored: the stream's header and the block's are 7 bytes, then come rows, each after its filter's number.
    const auto row_bytes = static_cast<std::size_t>((size * info.channels() * kind.bit_depth + 7) / 8) + 1;
    const std::size_t first = chunk_offset(file, "IDAT") + 8 + 7;
    bool filtered = false;
    for (std::size_t y = 0; y < size; ++y) filtered |= file[first + y * row_bytes] != std::byte{0};
    return filtered;
  };
  CHECK(uses_filters({ColorModel::rgb, false, 8}));
  CHECK(uses_filters({ColorModel::gray, false, 8}));
  CHECK_FALSE(uses_filters({ColorModel::palette, false, 8}));
  CHECK_FALSE(uses_filters({ColorModel::gray, false, 4}));
}

TEST_CASE("png: a transparent colour is only written where PNG can have one") {
  Context context;
  const auto has_transparency = [&](ImageInfo info) {
    info.transparent_color = TransparentColor{1, 2, 3};
    const GuardedImage image(Kind::contiguous, 1, 1, info.channels(), info.pixel.format);
    const Bytes file = encode_png(info, image.view(), context);
    return open_bytes(file)->info().transparent_color.has_value();
  };
  CHECK(has_transparency(PngKind{ColorModel::rgb, false, 8}.info(1, 1)));
  CHECK_FALSE(has_transparency(PngKind{ColorModel::rgb, true, 8}.info(1, 1)));
  CHECK_FALSE(has_transparency(PngKind{ColorModel::palette, false, 8}.info(1, 1)));
}

}  // namespace imgbuf::test::png
