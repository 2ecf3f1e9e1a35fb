#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "imgbuf/pixel.hpp"
#include "support/guarded_image.hpp"
#include "unit/pixel/reference_model.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

constexpr BackgroundColor background{0xFFFF, 0x8123, 0x0456};

struct Depth {
  ElementType type;
  int bits;
};

PixelFormat pixel(Depth depth, ColorModel color, bool alpha = false) {
  return {depth.type, color, alpha, depth.bits};
}

std::vector<PixelFormat> targets() {
  std::vector<PixelFormat> all;
  for (const Depth depth : {Depth{ElementType::u8, 8},
                            {ElementType::u16, 16},
                            {ElementType::u16, 10},
                            {ElementType::f32, 32},
                            {ElementType::u32, 32},
                            {ElementType::f16, 16}}) {
    for (const ColorModel color : {ColorModel::gray, ColorModel::rgb}) {
      all.push_back(pixel(depth, color));
      all.push_back(pixel(depth, color, true));
    }
  }
  return all;
}

/// Converts a row of random pixels, with the extremes among them, and compares it with the reference.
void check_conversion(const ImageInfo& source, const PixelFormat& target) {
  const std::ptrdiff_t width = source.channels() == 1 ? 300 : 83;
  const GuardedImage in(Kind::contiguous, 1, width, source.channels(), source.pixel.format);
  const GuardedImage out(Kind::contiguous, 1, width, target.channels(), target.format);
  const bool is_float = source.pixel.format.type() == ElementType::f32;
  fill_random(in.view(), 7, is_float ? 0 : source.pixel.bit_depth);
  std::vector<double> values = samples(in.view());
  const double maximum = is_float ? 1 : static_cast<double>((1 << source.pixel.bit_depth) - 1);
  const auto channels = static_cast<std::size_t>(source.channels());
  for (std::size_t i = 0; i < channels; ++i) {
    values[i] = 0;
    values[channels + i] = maximum;
    if (i + 1 < channels) values[2 * channels + i] = 0;   // with alpha: black of some opacity
    if (i + 1 == channels) values[3 * channels + i] = 0;  // fully transparent
    if (i + 1 == channels) values[4 * channels + i] = maximum;
    if (source.transparent_color && i < 3) values[5 * channels + i] = (*source.transparent_color)[i];
  }
  fill_from_samples(in.view(), values);

  INFO(source.pixel.to_string() << (source.transparent_color ? " with a transparent colour" : "") << " to "
                                << target.to_string());
  Context context;
  const PixelConverter converter(source, target, background);
  converter.convert(out.view(), in.view(), context);
  PixelFormat compared = source.pixel;
  if (source.pixel.color == ColorModel::palette) compared.color = ColorModel::rgb;
  const std::vector<double> expected = reference_conversion(samples(in.view()), source, target, background);
  const std::vector<double> actual = samples(out.view());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!same_samples({&actual[i], 1}, {&expected[i], 1}, compared, target)) {
      FAIL_CHECK("sample " << i << " is " << actual[i] << ", not " << expected[i]);
      break;
    }
  }
  CHECK(context.scratch_bytes() == 0);
  CHECK(in.guards_intact());
  CHECK(out.guards_intact());
}

void check_all_targets(const ImageInfo& source) {
  for (const PixelFormat& target : targets()) check_conversion(source, target);
}

const std::vector<Depth> all_depths = {{ElementType::u8, 1},   {ElementType::u8, 2},  {ElementType::u8, 4},
                                       {ElementType::u8, 5},   {ElementType::u8, 8},  {ElementType::u16, 10},
                                       {ElementType::u16, 16}, {ElementType::f32, 32}};

std::vector<PaletteEntry> palette(std::size_t size, bool alpha) {
  std::vector<PaletteEntry> entries;
  for (std::size_t i = 0; i < size; ++i) {
    entries.push_back({static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(255 - i * 11),
                       static_cast<std::uint8_t>(i * i), static_cast<std::uint8_t>(alpha ? i * 85 : 255)});
  }
  return entries;
}

}  // namespace

TEST_CASE("Gray converts by the documented rules", "[pixel]") {
  for (const Depth depth : all_depths) {
    check_all_targets(source_info(pixel(depth, ColorModel::gray)));
    check_all_targets(source_info(pixel(depth, ColorModel::gray, true)));
  }
}

TEST_CASE("RGB converts by the documented rules", "[pixel]") {
  for (const Depth depth : all_depths) {
    check_all_targets(source_info(pixel(depth, ColorModel::rgb)));
    check_all_targets(source_info(pixel(depth, ColorModel::rgb, true)));
  }
}

TEST_CASE("CMYK converts by the documented rules", "[pixel]") {
  for (const Depth depth : all_depths) {
    for (const bool alpha : {false, true}) {
      const ImageInfo source = source_info(pixel(depth, ColorModel::cmyk, alpha));
      check_all_targets(source);
      check_conversion(source, pixel({ElementType::u8, 8}, ColorModel::cmyk, true));
      check_conversion(source, pixel({ElementType::f32, 32}, ColorModel::cmyk, true));
      check_conversion(source, pixel({ElementType::u16, 16}, ColorModel::cmyk, true));
    }
    check_conversion(source_info(pixel(depth, ColorModel::cmyk)), pixel({ElementType::u16, 16}, ColorModel::cmyk));
  }
}

TEST_CASE("A transparent colour becomes alpha at the source's depth", "[pixel]") {
  for (const Depth depth : all_depths) {
    if (depth.type == ElementType::f32) continue;
    const int maximum = (1 << depth.bits) - 1;
    for (const int key : {0, maximum, maximum / 3}) {
      const auto sample = static_cast<std::uint16_t>(key);
      for (const ColorModel color : {ColorModel::gray, ColorModel::rgb}) {
        ImageInfo source = source_info(pixel(depth, color));
        source.transparent_color = TransparentColor{sample, static_cast<std::uint16_t>(maximum - key), sample};
        if (color == ColorModel::gray) (*source.transparent_color)[1] = 0;
        check_all_targets(source);
      }
    }
  }
}

TEST_CASE("A palette is looked up, and an index beyond it is opaque black", "[pixel]") {
  for (const int bits : {1, 2, 4, 8}) {
    const std::size_t most = std::size_t{1} << bits;
    for (const std::size_t size : {most, most / 2, std::size_t{1}}) {
      for (const bool alpha : {false, true}) {
        ImageInfo source = source_info(pixel({ElementType::u8, bits}, ColorModel::palette));
        source.palette = palette(size, alpha);
        check_all_targets(source);
      }
    }
  }
}

TEST_CASE("Palette indices of untrusted data run over all bytes", "[pixel]") {
  ImageInfo source = source_info(pixel({ElementType::u8, 1}, ColorModel::palette));
  source.palette = {{10, 20, 30, 40}, {50, 60, 70, 80}};
  std::vector<std::uint8_t> in(256);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::uint8_t>(i);
  std::vector<std::uint8_t> out(1024);
  Context context;
  PixelConverter(source, PixelFormat::of(ElementType::u8, ColorModel::rgb, true))
      .convert(View<std::uint8_t>(out.data(), Layout{{1, 1024}, {256, 4}, {4, 1}}),
               View<const std::uint8_t>(in.data(), Layout{{1, 256}, {256, 1}, {1, 1}}), context);
  CHECK(std::vector<std::uint8_t>(out.begin(), out.begin() + 8) ==
        std::vector<std::uint8_t>{10, 20, 30, 40, 50, 60, 70, 80});
  for (std::size_t i = 2; i < 256; ++i) {
    CAPTURE(i);
    REQUIRE(out[4 * i] + out[4 * i + 1] + out[4 * i + 2] == 0);
    REQUIRE(out[4 * i + 3] == 255);
  }
}

TEST_CASE("Compositing is exact for every value, opacity and background of 8 bits", "[pixel]") {
  std::vector<std::uint8_t> in(std::size_t{256} * 256 * 2);
  for (std::size_t i = 0; i < in.size() / 2; ++i) {
    in[2 * i] = static_cast<std::uint8_t>(i);
    in[2 * i + 1] = static_cast<std::uint8_t>(i >> 8);
  }
  std::vector<std::uint8_t> out(in.size() / 2);
  Context context;
  for (const unsigned back : {0U, 1U, 77U, 128U, 254U, 255U}) {
    const auto back16 = static_cast<std::uint16_t>(back * 257);
    PixelConverter(source_info(PixelFormat::of(ElementType::u8, ColorModel::gray, true)),
                   PixelFormat::of(ElementType::u8, ColorModel::gray), {back16, back16, back16})
        .convert(View<std::uint8_t>(out.data(), Layout{{256, 256}, {256, 1}, {1, 1}}),
                 View<const std::uint8_t>(in.data(), Layout{{256, 512}, {256, 2}, {2, 1}}), context);
    unsigned wrong = 0;
    for (unsigned i = 0; i < out.size(); ++i) {
      const unsigned v = i & 255;
      const unsigned a = i >> 8;
      wrong += out[i] != (2 * (a * v + (255 - a) * back) + 255) / 510;
    }
    CHECK(wrong == 0);
  }
}
