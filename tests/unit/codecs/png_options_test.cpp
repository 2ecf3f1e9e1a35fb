#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "unit/codecs/png_testing.hpp"

namespace imgbuf::test::png {

namespace {

constexpr std::ptrdiff_t height = 19;
constexpr std::ptrdiff_t width = 21;

/// The region of packed pixels of a picture of that size, by plain loops.
Bytes cropped(const Bytes& pixels, const PixelFormat& format, const Region& region) {
  const std::ptrdiff_t pixel = format.bytes_per_pixel();
  Bytes out;
  for (std::ptrdiff_t y = region.y; y < region.y + region.height; ++y) {
    const auto* row = pixels.data() + (y * width + region.x) * pixel;
    out.insert(out.end(), row, row + pixel * region.width);
  }
  return out;
}

/// The chosen channels of packed pixels, by plain loops.
Bytes selected(const Bytes& pixels, const PixelFormat& format, const std::vector<int>& channels) {
  const auto item = static_cast<std::size_t>(format.format.itemsize());
  const auto pixel = static_cast<std::size_t>(format.bytes_per_pixel());
  Bytes out;
  for (std::size_t p = 0; p < pixels.size(); p += pixel)
    for (const int c : channels) {
      const auto* sample = pixels.data() + p + static_cast<std::size_t>(c) * item;
      out.insert(out.end(), sample, sample + item);
    }
  return out;
}

template <class Action>
ErrorCode code_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return {};
}

constexpr std::array regions{Region{0, 0, 21, 19}, Region{0, 5, 21, 3},  Region{3, 0, 1, 19}, Region{1, 1, 19, 17},
                             Region{20, 18, 1, 1}, Region{5, 6, 9, 1},   Region{2, 3, 8, 8},  Region{7, 17, 14, 2},
                             Region{0, 0, 1, 1},   Region{0, 18, 21, 1}, Region{1, 1, 1, 1},  Region{3, 5, 2, 2}};

}  // namespace

TEST_CASE("png: a region is the crop of the full decode, into every arrangement") {
  std::uint32_t seed = 100;
  for (const auto& kind : all_png_kinds()) {
    const RandomPng png = random_png(kind, height, width, ++seed);
    for (const auto& region : regions) {
      INFO(kind.name() << ", " << region.width << " x " << region.height << " at " << region.x << "," << region.y);
      const Bytes expected = cropped(png.pixels, png.info.pixel, region);
      for (const Kind arrangement : all_kinds()) {
        INFO(name(arrangement));
        Context context;
        const auto reader = open_bytes(png.file);
        const ImageInfo info = reader->start({.region = region});
        REQUIRE(info.width == region.width);
        REQUIRE(info.height == region.height);
        const GuardedImage image(arrangement, region.height, region.width, info.channels(), info.pixel.format);
        const bool in_place = reader->decodes_in_place(image.view().layout(), image.view().format());
        reader->read_rows(image.view(), context);
        reader->finish(context);
        REQUIRE(packed(image.view()) == expected);
        REQUIRE(image.guards_intact());
        REQUIRE(context.scratch_bytes() == (in_place ? 0 : info.pixel_bytes()));
        if (region.width < width) REQUIRE_FALSE(in_place);
        if (region.width == width && arrangement == Kind::rows) REQUIRE(in_place);
      }
    }
  }
}

TEST_CASE("png: expanded pixels are what the pixel rules make of the native ones") {
  std::uint32_t seed = 200;
  for (const auto& kind : all_png_kinds()) {
    INFO(kind.name());
    const RandomPng png = random_png(kind, height, width, ++seed);
    const PixelFormat target = expanded(png.info);
    const GuardedImage native(Kind::contiguous, height, width, png.info.channels(), png.info.pixel.format);
    fill_from_packed(native.view(), png.pixels);
    const GuardedImage expected(Kind::contiguous, height, width, target.channels(), target.format);
    Context context;
    PixelConverter(png.info, target).convert(expected.view(), native.view(), context);

    for (const auto& region : {Region{0, 0, width, height}, Region{3, 2, 9, 11}}) {
      const auto reader = open_bytes(png.file);
      const ImageInfo info = reader->start({.region = region, .expand = true});
      REQUIRE(info.pixel == target);
      CHECK(info.palette.empty());
      CHECK_FALSE(info.transparent_color);
      CHECK(info.file.bit_depth == kind.bit_depth);
      const GuardedImage image(Kind::padded, region.height, region.width, info.channels(), info.pixel.format);
      reader->read_rows(image.view(), context);
      reader->finish(context);
      CHECK(packed(image.view()) == cropped(packed(expected.view()), target, region));
      CHECK(image.guards_intact());
    }
  }
}

TEST_CASE("png: an opaque tRNS of a palette expands to RGB without alpha") {
  const PngKind kind{ColorModel::palette, false, 2};
  for (const bool interlaced : {false, true}) {
    RandomPng png = random_png({kind.color, kind.alpha, kind.bit_depth, false, interlaced}, 9, 10, 4);
    const Bytes opaque = with_chunk(png.file, {"tRNS", Bytes(4, std::byte{255})}, "IDAT");
    CHECK(open_bytes(opaque)->start({.expand = true}).pixel == PixelFormat::of(ElementType::u8, ColorModel::rgb));
    CHECK(decode_png(opaque, {.expand = true}) == decode_png(png.file, {.expand = true}));
  }
}

TEST_CASE("png: only the low bits of a transparent colour count") {
  const RandomPng gray = random_png({ColorModel::gray, false, 2}, 5, 5, 36);
  const Bytes file = with_chunk(gray.file, {"tRNS", {std::byte{0xff}, std::byte{0xfe}}}, "IDAT");
  CHECK(open_bytes(file)->info().transparent_color == TransparentColor{2, 0, 0});
  const Bytes expanded_pixels = decode_png(file, {.expand = true});
  for (std::size_t p = 0; p < gray.pixels.size(); ++p)
    CHECK((expanded_pixels[2 * p + 1] == std::byte{0}) == (gray.pixels[p] == std::byte{2}));
}

TEST_CASE("png: channels are chosen, also from expanded pixels and within a region") {
  for (const bool interlaced : {false, true}) {
    for (const int depth : {8, 16}) {
      const RandomPng png = random_png({ColorModel::rgb, true, depth, false, interlaced}, height, width, 31);
      struct Choice {
        std::vector<int> channels;
        ColorModel color;
        bool alpha;
      };
      const Choice choices[] = {{{0}, ColorModel::gray, false},        {{3}, ColorModel::gray, false},
                                {{2, 1, 0}, ColorModel::rgb, false},   {{1, 3}, ColorModel::gray, true},
                                {{2, 1, 0, 3}, ColorModel::rgb, true}, {{0, 1, 2, 3}, ColorModel::rgb, true},
                                {{1, 1, 1, 3}, ColorModel::rgb, true}};
      const Region region{4, 3, 9, 12};
      for (const auto& choice : choices) {
        const auto format = open_bytes(png.file)->start({.channels = choice.channels}).pixel;
        CHECK(format.color == choice.color);
        CHECK(format.alpha == choice.alpha);
        CHECK(decode_png(png.file, {.channels = choice.channels}) ==
              selected(png.pixels, png.info.pixel, choice.channels));
        CHECK(decode_png(png.file, {.region = region, .channels = choice.channels}) ==
              selected(cropped(png.pixels, png.info.pixel, region), png.info.pixel, choice.channels));
      }
      for (const auto& refused : {std::vector<int>{0, 1}, {3, 0, 1, 2}, {0, 1, 2, 3, 0}})
        CHECK(code_of([&] { (void)open_bytes(png.file)->start({.channels = refused}); }) == ErrorCode::unsupported);
      for (const int none : {-1, 4})
        CHECK(code_of([&] { (void)open_bytes(png.file)->start({.channels = {none}}); }) == ErrorCode::invalid_argument);
    }
  }
  const RandomPng palette = random_png({ColorModel::palette, false, 4, true}, height, width, 32);
  const Bytes all = decode_png(palette.file, {.expand = true});
  CHECK(decode_png(palette.file, {.expand = true, .channels = {3}}) ==
        selected(all, PixelFormat::of(ElementType::u8, ColorModel::rgb, true), {3}));
}

TEST_CASE("png: choosing channels counts the bytes that were wanted") {
  const RandomPng png = random_png({ColorModel::rgb, false, 8}, height, width, 33);
  Context context;
  const auto reader = open_bytes(png.file);
  const ImageInfo info = reader->start({.channels = {1}});
  const GuardedImage image(Kind::rows, height, width, 1, ElementType::u8);
  CHECK_FALSE(reader->decodes_in_place(image.view().layout(), image.view().format()));
  reader->read_rows(image.view(), context);
  CHECK(context.scratch_bytes() == height * width);
}

TEST_CASE("png: a scale other than 1 is refused, by name") {
  const RandomPng png = random_png({ColorModel::gray, false, 8}, 4, 4, 34);
  const auto reader = open_reader(Source::memory(png.file, "pixel.png"));
  CHECK(code_of([&] { (void)reader->start({.scale = 2}); }) == ErrorCode::unsupported);
  try {
    (void)open_reader(Source::memory(png.file, "pixel.png"))->start({.scale = 4});
  } catch (const Error& error) {
    CHECK(error.place() == "pixel.png");
  }
}

TEST_CASE("png: limits are kept when opening and when starting") {
  const auto exceeds = [](const Bytes& file, const Limits& limits) {
    const auto code = code_of([&] { (void)open_bytes(file, limits)->start({.limits = limits}); });
    CHECK(code_of([&] { (void)open_bytes(file)->start({.limits = limits}); }) == code);
    return code == ErrorCode::limit_exceeded;
  };
  for (const bool interlaced : {false, true}) {
    const Bytes file = random_png({ColorModel::rgb, false, 16, false, interlaced}, 10, 20, 35).file;
    CHECK(exceeds(file, {.max_width = 19}));
    CHECK(exceeds(file, {.max_height = 9}));
    CHECK(exceeds(file, {.max_pixels = 199}));
    const Limits enough{.max_width = 20, .max_height = 10, .max_pixels = 200, .max_image_bytes = 1200};
    CHECK_NOTHROW(open_bytes(file, enough)->start({.limits = enough}));
    // Only interlacing needs the whole image.
    if (interlaced)
      CHECK(exceeds(file, {.max_image_bytes = 1199}));
    else
      CHECK_NOTHROW(open_bytes(file)->start({.limits = {.max_image_bytes = 1199}}));
  }
}

}  // namespace imgbuf::test::png
