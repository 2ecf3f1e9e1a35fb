#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "imgbuf/pixel.hpp"
#include "support/guarded_image.hpp"
#include "unit/pixel/reference_model.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

constexpr std::array all_types = {ElementType::u8,  ElementType::i8,  ElementType::u16,
                                  ElementType::i16, ElementType::u32, ElementType::i32,
                                  ElementType::f16, ElementType::f32, ElementType::f64};

PixelFormat gray(ElementType type, int bit_depth = 0) {
  PixelFormat format = PixelFormat::of(type, ColorModel::gray);
  if (bit_depth > 0) format.bit_depth = bit_depth;
  return format;
}

template <class T, class S>
std::vector<T> converted(const std::vector<S>& in, const PixelFormat& from, const PixelFormat& to) {
  const auto width = static_cast<std::ptrdiff_t>(in.size());
  std::vector<T> out(in.size());
  Context context;
  PixelConverter(source_info(from), to)
      .convert(
          AnyView(reinterpret_cast<std::byte*>(out.data()),
                  Layout::contiguous(std::array{std::ptrdiff_t{1}, width, std::ptrdiff_t{1}}, sizeof(T)), to.format),
          AnyConstView(reinterpret_cast<const std::byte*>(in.data()),
                       Layout::contiguous(std::array{std::ptrdiff_t{1}, width, std::ptrdiff_t{1}}, sizeof(S)),
                       from.format),
          context);
  return out;
}

template <class T>
std::vector<T> iota(std::size_t count) {
  std::vector<T> values(count);
  std::iota(values.begin(), values.end(), T{0});
  return values;
}

/// round(v * max_out / max_in); there are no halves, because max_in is odd.
template <class S, class T>
void check_scaling(int bits_in, int bits_out) {
  CAPTURE(bits_in, bits_out);
  const auto in = iota<S>(std::size_t{1} << bits_in);
  const auto out = converted<T>(in, gray(element_type_of<S>(), bits_in), gray(element_type_of<T>(), bits_out));
  const double max_in = std::exp2(bits_in) - 1;
  const double max_out = std::exp2(bits_out) - 1;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    wrong += static_cast<double>(out[i]) != std::floor(static_cast<double>(i) * max_out / max_in + 0.5);
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("Integer depths scale exactly for every value", "[pixel]") {
  for (int bits_in = 1; bits_in <= 8; ++bits_in) {
    if (bits_in < 8) check_scaling<std::uint8_t, std::uint8_t>(bits_in, 8);
    for (int bits_out = 9; bits_out <= 16; ++bits_out) check_scaling<std::uint8_t, std::uint16_t>(bits_in, bits_out);
    check_scaling<std::uint8_t, std::uint16_t>(bits_in, 8);
    check_scaling<std::uint8_t, std::uint32_t>(bits_in, 32);
    check_scaling<std::uint8_t, std::uint32_t>(bits_in, 21);
  }
  for (const int bits_in : {1, 4, 8, 9, 10, 12, 14, 15, 16}) {
    check_scaling<std::uint16_t, std::uint8_t>(bits_in, 8);
    for (const int bits_out : {8, 9, 10, 12, 15, 16}) {
      if (bits_out != bits_in) check_scaling<std::uint16_t, std::uint16_t>(bits_in, bits_out);
    }
    check_scaling<std::uint16_t, std::uint32_t>(bits_in, 32);
    check_scaling<std::uint16_t, std::uint32_t>(bits_in, 17);
  }
}

TEST_CASE("All 65536 values of 16 bits become round(v / 257) and come back from 8 bits as v * 257", "[pixel]") {
  const auto wide = iota<std::uint16_t>(65536);
  const auto narrow = converted<std::uint8_t>(wide, gray(ElementType::u16), gray(ElementType::u8));
  std::size_t wrong = 0;
  for (unsigned v = 0; v < 65536; ++v) wrong += narrow[v] != (2 * v + 257) / 514;
  CHECK(wrong == 0);
  const auto back = converted<std::uint16_t>(iota<std::uint8_t>(256), gray(ElementType::u8), gray(ElementType::u16));
  for (unsigned v = 0; v < 256; ++v) REQUIRE(back[v] == v * 257);
}

TEST_CASE("Integer samples beyond their depth count as the maximum", "[pixel]") {
  const std::vector<std::uint8_t> bytes{0, 15, 16, 200, 255};
  CHECK(converted<std::uint8_t>(bytes, gray(ElementType::u8, 4), gray(ElementType::u8)) ==
        std::vector<std::uint8_t>{0, 255, 255, 255, 255});
  CHECK(converted<float>(bytes, gray(ElementType::u8, 4), gray(ElementType::f32)) == std::vector<float>{0, 1, 1, 1, 1});
  CHECK(converted<double>(bytes, gray(ElementType::u8, 4), gray(ElementType::f64)) ==
        std::vector<double>{0, 1, 1, 1, 1});
  const std::vector<std::uint16_t> words{0, 1023, 1024, 65535};
  CHECK(converted<std::uint16_t>(words, gray(ElementType::u16, 10), gray(ElementType::u16)) ==
        std::vector<std::uint16_t>{0, 65535, 65535, 65535});
  CHECK(converted<std::uint8_t>(words, gray(ElementType::u16, 10), gray(ElementType::u8)) ==
        std::vector<std::uint8_t>{0, 255, 255, 255});
}

TEST_CASE("Signed integers run over 0 to their positive maximum", "[pixel]") {
  const std::vector<std::int16_t> words{-32768, -1, 0, 1, 16384, 32767};
  CHECK(converted<std::uint8_t>(words, gray(ElementType::i16), gray(ElementType::u8)) ==
        std::vector<std::uint8_t>{0, 0, 0, 0, 128, 255});
  CHECK(converted<std::int8_t>(std::vector<std::uint8_t>{0, 1, 128, 255}, gray(ElementType::u8),
                               gray(ElementType::i8)) == std::vector<std::int8_t>{0, 0, 64, 127});
}

TEST_CASE("Integers become floats by one correctly rounded division", "[pixel]") {
  const auto words = iota<std::uint16_t>(65536);
  const auto floats = converted<float>(words, gray(ElementType::u16), gray(ElementType::f32));
  std::size_t wrong = 0;
  for (unsigned v = 0; v < 65536; ++v) wrong += floats[v] != static_cast<float>(v / 65535.0L);
  CHECK(wrong == 0);
  CHECK(converted<std::uint16_t>(floats, gray(ElementType::f32), gray(ElementType::u16)) == words);

  const auto bytes = iota<std::uint8_t>(256);
  const auto unit = converted<float>(bytes, gray(ElementType::u8), gray(ElementType::f32));
  for (unsigned v = 0; v < 256; ++v) REQUIRE(unit[v] == static_cast<float>(v / 255.0L));
  CHECK(converted<std::uint8_t>(unit, gray(ElementType::f32), gray(ElementType::u8)) == bytes);
}

TEST_CASE("Floats become integers clamped and rounded half to even, NaN as 0", "[pixel]") {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> in{nan, -nan, inf, -inf, -0.0F, -1e-30F, -3, 1, 1.0000001F, 1e30F, 0.25F, 0.75F, 1e-40F};
  CHECK(converted<std::uint8_t>(in, gray(ElementType::f32), gray(ElementType::u8)) ==
        std::vector<std::uint8_t>{0, 0, 255, 0, 0, 0, 0, 255, 255, 255, 64, 191, 0});
  CHECK(converted<std::uint16_t>(in, gray(ElementType::f32), gray(ElementType::u16)) ==
        std::vector<std::uint16_t>{0, 0, 65535, 0, 0, 0, 0, 65535, 65535, 65535, 16384, 49151, 0});
  CHECK(converted<std::uint32_t>(in, gray(ElementType::f32), gray(ElementType::u32)) ==
        std::vector<std::uint32_t>{0, 0, 4294967295U, 0, 0, 0, 0, 4294967295U, 4294967295U, 4294967295U, 1073741824U,
                                   3221225471U, 0});
  // 0.5 * 255 = 127.5 and 0.5 * 65535 = 32767.5 are halves that become even.
  CHECK(converted<std::uint8_t>(std::vector<float>{0.5F}, gray(ElementType::f32), gray(ElementType::u8))[0] == 128);
  CHECK(converted<std::uint16_t>(std::vector<float>{0.5F}, gray(ElementType::f32), gray(ElementType::u16))[0] == 32768);
  // With a maximum of 511 it is 255.5.
  CHECK(converted<std::uint16_t>(std::vector<float>{0.5F}, gray(ElementType::f32), gray(ElementType::u16, 9))[0] ==
        256);
}

TEST_CASE("A float just beside a half is not taken for it", "[pixel]") {
  std::vector<float> in;
  std::vector<std::uint8_t> expected;
  for (int k = 0; k < 255; ++k) {
    for (const float toward : {-1.0F, 2.0F}) {
      const float v = std::nextafter(static_cast<float>((k + 0.5) / 255), toward);
      in.push_back(v);
      expected.push_back(static_cast<std::uint8_t>(static_cast<double>(v) * 255 > k + 0.5 ? k + 1 : k));
    }
  }
  CHECK(converted<std::uint8_t>(in, gray(ElementType::f32), gray(ElementType::u8)) == expected);
}

TEST_CASE("Every element type converts to every other", "[pixel]") {
  constexpr std::ptrdiff_t width = 1030;
  for (const ElementType from : all_types) {
    const GuardedImage in(Kind::contiguous, 1, width, 3, from);
    fill_random(in.view(), 99);
    const std::vector<double> values = samples(in.view());
    const ImageInfo source = source_info(PixelFormat::of(from, ColorModel::rgb));
    for (const ElementType to : all_types) {
      for (const ColorModel color : {ColorModel::rgb, ColorModel::gray}) {
        const PixelFormat target = PixelFormat::of(to, color);
        INFO(source.pixel.to_string() << " to " << target.to_string());
        const GuardedImage out(Kind::contiguous, 1, width, target.channels(), to);
        Context context;
        const PixelConverter converter(source, target);
        CHECK(converter.is_identity() == (from == to && color == ColorModel::rgb));
        converter.convert(out.view(), in.view(), context);
        // A copy keeps what a conversion would clamp: the negative values of signed types.
        const auto expected = converter.is_identity() ? values : reference_conversion(values, source, target, {});
        CHECK(same_samples(samples(out.view()), expected, source.pixel, target));
        CHECK(out.guards_intact());
      }
    }
  }
}

TEST_CASE("f16 is rounded half to even and keeps infinities, NaN, signs and subnormal numbers", "[pixel]") {
  std::vector<std::uint16_t> halves(65536);
  std::iota(halves.begin(), halves.end(), std::uint16_t{0});
  const auto doubles = converted<double>(halves, gray(ElementType::f16), gray(ElementType::f64));
  CHECK(doubles[0x3C00] == 1.0);
  CHECK(doubles[0x3555] == 0.333251953125);
  CHECK(doubles[0xC000] == -2.0);
  CHECK(doubles[0x0001] == 0x1p-24);
  CHECK(doubles[0x03FF] == 0x1.FF8p-15);
  CHECK(doubles[0x0400] == 0x1p-14);
  CHECK(doubles[0x7BFF] == 65504.0);
  CHECK(doubles[0x7C00] == std::numeric_limits<double>::infinity());
  CHECK(doubles[0xFC00] == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(doubles[0x7C01]));
  CHECK(std::signbit(doubles[0x8000]));

  const auto back = converted<std::uint16_t>(doubles, gray(ElementType::f64), gray(ElementType::f16));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const bool is_nan = (i & 0x7FFF) > 0x7C00;
    wrong += is_nan ? (back[i] & 0x7FFF) <= 0x7C00 : back[i] != halves[i];
  }
  CHECK(wrong == 0);

  // 1 + 2^-11 lies half way between 1 and the next half; 1 + 3 * 2^-11 between the next two.
  const std::vector<double> between{
      1 + 0x1p-11, 1 + 0x1p-11 + 0x1p-40, 1 + 3 * 0x1p-11, 65519.99, 65520, 1e300, 0x1p-25,
      0x1.8p-24,   0x1.FFFp-15,           2 - 0x1p-12};
  CHECK(converted<std::uint16_t>(between, gray(ElementType::f64), gray(ElementType::f16)) ==
        std::vector<std::uint16_t>{0x3C00, 0x3C01, 0x3C02, 0x7BFF, 0x7C00, 0x7C00, 0x0000, 0x0002, 0x0400, 0x4000});
}
