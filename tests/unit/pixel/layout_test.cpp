#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "imgbuf/pixel.hpp"
#include "support/guarded_image.hpp"
#include "unit/pixel/reference_model.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

constexpr std::array<std::ptrdiff_t, 12> widths = {0, 1, 2, 15, 16, 17, 31, 32, 33, 1023, 1024, 1025};
constexpr BackgroundColor background{0x1234, 0xFFFF, 0x0080};

struct Conversion {
  ImageInfo source;
  PixelFormat target;
};

/// One step, two, and many; elements of 1, 2 and 4 bytes; one channel and several on either side.
std::vector<Conversion> conversions() {
  using enum ElementType;
  using enum ColorModel;
  ImageInfo indexed = source_info({u8, palette, false, 4});
  indexed.palette = {{1, 2, 3, 255}, {250, 240, 230, 128}, {9, 99, 199, 0}};
  ImageInfo keyed = source_info(PixelFormat::of(u16, rgb));
  keyed.transparent_color = TransparentColor{1, 2, 3};
  return {
      {source_info(PixelFormat::of(u8, rgb, true)), PixelFormat::of(u8, rgb)},
      {source_info(PixelFormat::of(u16, rgb)), PixelFormat::of(u8, rgb)},
      {source_info(PixelFormat::of(u16, cmyk, true)), PixelFormat::of(u8, gray)},
      {source_info(PixelFormat::of(f64, rgb, true)), PixelFormat::of(f16, gray)},
      {source_info(PixelFormat::of(u8, gray)), PixelFormat::of(f32, rgb, true)},
      {indexed, PixelFormat::of(u8, rgb)},
      {keyed, PixelFormat::of(u16, rgb, true)},
  };
}

/// The bytes of the rows that kernels cannot use where they are, judged by the addresses of their elements.
std::int64_t bytes_out_of_place(const AnyConstView& view) {
  const std::ptrdiff_t item = view.format().itemsize();
  const std::ptrdiff_t row_bytes = view.extent(1) * view.extent(2) * item;
  std::int64_t bytes = 0;
  for (std::ptrdiff_t y = 0; y < view.extent(0) && row_bytes > 0; ++y) {
    const std::byte* const first = view.address({y, 0, 0});
    bool in_place =
        view.format().is_native() && reinterpret_cast<std::uintptr_t>(first) % static_cast<std::size_t>(item) == 0;
    for (std::ptrdiff_t x = 0; x < view.extent(1); ++x) {
      for (std::ptrdiff_t c = 0; c < view.extent(2); ++c) {
        in_place = in_place && view.address({y, x, c}) == first + (x * view.extent(2) + c) * item;
      }
    }
    bytes += in_place ? 0 : row_bytes;
  }
  return bytes;
}

void check(const Conversion& conversion, Kind from, Kind to, std::ptrdiff_t height, std::ptrdiff_t width) {
  const auto& [source, target] = conversion;
  INFO(source.pixel.to_string() << " " << name(from) << " to " << target.to_string() << " " << name(to) << ", "
                                << height << " x " << width);
  const GuardedImage in(from, height, width, source.channels(), source.pixel.format);
  const GuardedImage out(to, height, width, target.channels(), target.format);
  fill_random(in.view(), 5, source.pixel.bit_depth == 64 ? 0 : source.pixel.bit_depth);
  const auto before = packed(in.view());

  Context context;
  PixelConverter(source, target, background).convert(out.view(), in.view(), context);

  const auto expected = reference_conversion(samples(in.view()), source, target, background);
  CHECK(same_samples(samples(out.view()), expected, source.pixel, target));
  CHECK(packed(in.view()) == before);
  CHECK(in.guards_intact());
  CHECK(out.guards_intact());
  CHECK(context.scratch_bytes() == bytes_out_of_place(in.view()) + bytes_out_of_place(out.view()));
}

}  // namespace

TEST_CASE("Every width converts the same from and to packed rows", "[pixel]") {
  for (const Conversion& conversion : conversions()) {
    for (const std::ptrdiff_t width : widths) {
      check(conversion, Kind::rows, Kind::contiguous, 2, width);
      check(conversion, Kind::planes, Kind::flipped, 2, width);
    }
  }
}

TEST_CASE("Every arrangement converts to every arrangement", "[pixel]") {
  for (const Conversion& conversion : conversions()) {
    for (const Kind from : all_kinds()) {
      for (const Kind to : all_kinds()) check(conversion, from, to, 5, 17);
    }
    for (const Kind kind : all_kinds()) {
      check(conversion, kind, kind, 2, 1025);
      check(conversion, kind, kind, 0, 9);
    }
  }
}

TEST_CASE("Packed native rows pass through no scratch", "[pixel]") {
  for (const Conversion& conversion : conversions()) {
    for (const Kind kind : {Kind::contiguous, Kind::rows, Kind::strips, Kind::foreign_rows}) {
      const auto& [source, target] = conversion;
      INFO(source.pixel.to_string() << " " << name(kind));
      const GuardedImage in(kind, 4, 1500, source.channels(), source.pixel.format);
      const GuardedImage out(kind, 4, 1500, target.channels(), target.format);
      Context context;
      PixelConverter(source, target).convert(out.view(), in.view(), context);
      CHECK(context.scratch_bytes() == 0);
    }
  }
}

TEST_CASE("A format that differs in byte order only is copied", "[pixel]") {
  const PixelFormat native = PixelFormat::of(ElementType::u16, ColorModel::rgb);
  PixelFormat big = native;
  big.format = Format(ElementType::u16, ByteOrder::big);
  PixelFormat little = native;
  little.format = Format(ElementType::u16, ByteOrder::little);
  const PixelConverter converter(source_info(big), little);
  CHECK(converter.is_identity());
  for (const Kind from : all_kinds()) {
    for (const Kind to : all_kinds()) {
      INFO(name(from) << " to " << name(to));
      const GuardedImage in(from, 3, 33, 3, ElementType::u16);
      const GuardedImage out(to, 3, 33, 3, ElementType::u16);
      fill_random(in.view(), 11);
      Context context;
      converter.convert(out.view(), in.view(), context);
      CHECK(packed(out.view()) == packed(in.view()));
      CHECK(out.guards_intact());
      CHECK(context.scratch_bytes() == 0);
    }
  }
}
