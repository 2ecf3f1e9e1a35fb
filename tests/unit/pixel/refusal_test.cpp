#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "support/guarded_image.hpp"
#include "unit/pixel/reference_model.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

using enum ElementType;
using enum ColorModel;

PixelFormat format(ElementType type, ColorModel color, int bit_depth, bool alpha = false) {
  return {type, color, alpha, bit_depth};
}

void check_refused(const ImageInfo& source, const PixelFormat& target) {
  INFO(source.pixel.to_string() << " to " << target.to_string());
  try {
    const PixelConverter converter(source, target);
    FAIL_CHECK("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::unsupported);
    CHECK(error.reason().find(source.pixel.to_string() + " to " + target.to_string()) != std::string::npos);
  }
}

void check_refused(const PixelFormat& source, const PixelFormat& target) {
  check_refused(source_info(source), target);
}

template <class Call>
ErrorCode code_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no error");
  return {};
}

}  // namespace

TEST_CASE("Conversions without a meaning are refused by name", "[pixel]") {
  check_refused(format(u8, rgb, 8), format(u8, cmyk, 8));
  check_refused(format(u8, gray, 8), format(u8, cmyk, 8));
  check_refused(format(u8, palette, 8), format(u8, cmyk, 8));
  check_refused(format(u8, rgb, 8), format(u8, palette, 8));
  check_refused(format(u8, gray, 8), format(u8, palette, 8));
  check_refused(format(u8, palette, 4), format(u8, palette, 8));
  check_refused(format(u8, palette, 8, true), format(u8, rgb, 8));
  check_refused(format(u16, palette, 16), format(u8, rgb, 8));
  check_refused(format(u8, cmyk, 8, true), format(u8, cmyk, 8));
}

TEST_CASE("Depths under 8 bits are kept but never made", "[pixel]") {
  check_refused(format(u8, gray, 8), format(u8, gray, 4));
  check_refused(format(u8, gray, 2), format(u8, gray, 4));
  check_refused(format(u8, gray, 4), format(u8, gray, 4, true));
  check_refused(format(u8, rgb, 4), format(u8, gray, 4));
  check_refused(format(u16, gray, 16), format(u16, gray, 7));
  CHECK(PixelConverter(source_info(format(u8, gray, 4)), format(u8, gray, 4)).is_identity());
  CHECK(PixelConverter(source_info(format(u8, palette, 2)), format(u8, palette, 2)).is_identity());
}

TEST_CASE("A transparent colour is never lost in an identity", "[pixel]") {
  ImageInfo source = source_info(format(u8, gray, 8));
  source.transparent_color = TransparentColor{7, 0, 0};
  CHECK_FALSE(PixelConverter(source, source.pixel).is_identity());
  source.pixel.bit_depth = 2;
  check_refused(source, source.pixel);

  // It means nothing beside alpha, palettes, CMYK and floating point.
  source.pixel = format(u8, gray, 8, true);
  CHECK(PixelConverter(source, source.pixel).is_identity());
  source.pixel = format(u8, palette, 8);
  CHECK(PixelConverter(source, source.pixel).is_identity());
  source.pixel = format(u8, cmyk, 8);
  CHECK(PixelConverter(source, source.pixel).is_identity());
  source.pixel = format(f32, rgb, 32);
  CHECK(PixelConverter(source, source.pixel).is_identity());
}

TEST_CASE("A bit depth that the element type does not have is an invalid argument", "[pixel]") {
  const PixelFormat good = format(u8, gray, 8);
  for (const PixelFormat& bad : {format(u8, gray, 0), format(u8, gray, 9), format(u8, gray, -1), format(u16, gray, 17),
                                 format(u32, gray, 33), format(i8, gray, 1), format(i32, gray, 33)}) {
    CAPTURE(bad.to_string());
    CHECK(code_of([&] { PixelConverter(source_info(bad), good); }) == ErrorCode::invalid_argument);
    CHECK(code_of([&] { PixelConverter(source_info(good), bad); }) == ErrorCode::invalid_argument);
  }
  CHECK(PixelConverter(source_info(format(f32, gray, 8)), format(f32, gray, 32)).is_identity());
}

TEST_CASE("Views that are not what was agreed are refused", "[pixel]") {
  const PixelConverter converter(source_info(format(u8, rgb, 8, true)), format(u16, gray, 16));
  const GuardedImage in(Kind::contiguous, 4, 5, 4, u8);
  const GuardedImage out(Kind::contiguous, 4, 5, 1, u16);
  const GuardedImage narrow(Kind::contiguous, 4, 4, 1, u16);
  const GuardedImage low(Kind::contiguous, 3, 5, 1, u16);
  const GuardedImage bytes(Kind::contiguous, 4, 5, 1, u8);
  const GuardedImage three(Kind::contiguous, 4, 5, 3, u8);
  Context context;
  const auto convert = [&](const AnyView& to, const AnyConstView& from) {
    return code_of([&] { converter.convert(to, from, context); });
  };
  CHECK(convert(narrow.view(), in.view()) == ErrorCode::invalid_argument);
  CHECK(convert(low.view(), in.view()) == ErrorCode::invalid_argument);
  CHECK(convert(out.view(), three.view()) == ErrorCode::invalid_argument);
  CHECK(convert(out.view().index(2, 0), in.view()) == ErrorCode::invalid_argument);
  CHECK(convert(bytes.view(), in.view()) == ErrorCode::format_mismatch);
  CHECK(convert(out.view(), AnyConstView(in.view().origin(), in.view().layout(), i8)) == ErrorCode::format_mismatch);
}

TEST_CASE("A cancelled context converts nothing", "[pixel]") {
  const PixelConverter converter(source_info(format(u8, rgb, 8)), format(u8, gray, 8));
  const GuardedImage in(Kind::contiguous, 2, 5, 3, u8);
  const GuardedImage out(Kind::contiguous, 2, 5, 1, u8);
  const auto before = packed(out.view());
  Context context;
  context.cancel();
  CHECK(code_of([&] { converter.convert(out.view(), in.view(), context); }) == ErrorCode::cancelled);
  CHECK(packed(out.view()) == before);
}

TEST_CASE("A moved converter converts as before", "[pixel]") {
  ImageInfo source = source_info(format(u8, palette, 8));
  source.palette = {{1, 2, 3, 255}};
  PixelConverter first(source, format(u8, rgb, 8));
  PixelConverter second(source_info(format(u8, gray, 8)), format(u8, gray, 8));
  second = std::move(first);
  CHECK_FALSE(second.is_identity());
  const GuardedImage in(Kind::contiguous, 1, 1, 1, u8);
  const GuardedImage out(Kind::contiguous, 1, 1, 3, u8);
  fill_from_samples(in.view(), std::vector<double>{0});
  Context context;
  second.convert(out.view(), in.view(), context);
  CHECK(samples(out.view()) == std::vector<double>{1, 2, 3});
}

TEST_CASE("expanded makes plain gray and RGB of a file's native forms", "[pixel]") {
  ImageInfo info = source_info(format(u8, palette, 4));
  info.palette = {{1, 2, 3, 255}, {4, 5, 6, 255}};
  CHECK(expanded(info) == format(u8, rgb, 8));
  info.palette[1].alpha = 254;
  CHECK(expanded(info) == format(u8, rgb, 8, true));

  CHECK(expanded(source_info(format(u8, gray, 1))) == format(u8, gray, 8));
  CHECK(expanded(source_info(format(u8, gray, 8, true))) == format(u8, gray, 8, true));
  CHECK(expanded(source_info(format(u16, rgb, 16))) == format(u16, rgb, 16));
  CHECK(expanded(source_info(format(u16, rgb, 12))) == format(u16, rgb, 12));
  CHECK(expanded(source_info(format(f32, rgb, 32, true))) == format(f32, rgb, 32, true));
  CHECK(expanded(source_info(format(u8, cmyk, 8))) == format(u8, rgb, 8));
  CHECK(expanded(source_info(format(u8, cmyk, 8, true))) == format(u8, rgb, 8, true));

  ImageInfo keyed = source_info(format(u8, gray, 2));
  keyed.transparent_color = TransparentColor{1, 0, 0};
  CHECK(expanded(keyed) == format(u8, gray, 8, true));
  keyed.pixel = format(u16, rgb, 16);
  CHECK(expanded(keyed) == format(u16, rgb, 16, true));
  CHECK_NOTHROW(PixelConverter(keyed, expanded(keyed)));
}
