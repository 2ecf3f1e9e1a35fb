#include "convert/target.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "imgbuf/error.hpp"

using namespace imgbuf;
using namespace imgbuf::conversion;

namespace {

using Color = ConvertOptions::Color;
using Depth = ConvertOptions::Depth;

ImageInfo picture(ElementType type, ColorModel color, bool alpha = false) {
  ImageInfo info;
  info.width = 4;
  info.height = 4;
  info.pixel = PixelFormat::of(type, color, alpha);
  return info;
}

ImageInfo palette_picture(std::uint8_t first_alpha) {
  ImageInfo info = picture(ElementType::u8, ColorModel::palette);
  info.palette = {{1, 2, 3, first_alpha}, {4, 5, 6, 255}};
  return info;
}

ImageInfo one_bit_gray() {
  ImageInfo info = picture(ElementType::u8, ColorModel::gray);
  info.pixel.bit_depth = 1;
  return info;
}

std::string target_text(const ImageInfo& info, const char* format, const ConvertOptions& options = {}) {
  const Target target = choose_target(info, format, options);
  std::string text = target.pixel.to_string();
  if (!target.converts) text += ", as it is";
  for (const std::string& warning : target.warnings) text += "; " + warning;
  return text;
}

ConvertOptions with(Color color, Depth depth = Depth::keep) {
  ConvertOptions options;
  options.color = color;
  options.depth = depth;
  return options;
}

}  // namespace

TEST_CASE("without a request pixels stay as they are where the format holds them") {
  CHECK(target_text(picture(ElementType::u8, ColorModel::rgb), "PNG") == "rgb u8, as it is");
  CHECK(target_text(picture(ElementType::u16, ColorModel::rgb, true), "PNG") == "rgba u16, as it is");
  CHECK(target_text(palette_picture(0), "PNG") == "palette u8, as it is");
  CHECK(target_text(one_bit_gray(), "PNG") == "gray u8 (1 bit), as it is");
  CHECK(target_text(picture(ElementType::u8, ColorModel::cmyk), "JPEG") == "cmyk u8, as it is");
  CHECK(target_text(picture(ElementType::u8, ColorModel::gray), "JPEG") == "gray u8, as it is");
}

TEST_CASE("what the format cannot hold is said") {
  CHECK(target_text(picture(ElementType::u8, ColorModel::rgb, true), "JPEG") ==
        "rgb u8; alpha composited over #ffffff: JPEG holds no alpha");
  CHECK(target_text(picture(ElementType::u16, ColorModel::gray), "JPEG") ==
        "gray u8; 16-bit samples reduced to 8: JPEG holds 8 bits");
  CHECK(target_text(picture(ElementType::u8, ColorModel::cmyk), "PNG") ==
        "rgb u8; CMYK converted to RGB without colour management: PNG holds no CMYK");
  CHECK(target_text(picture(ElementType::u16, ColorModel::gray, true), "JPEG") ==
        "gray u8; alpha composited over #ffffff: JPEG holds no alpha; 16-bit samples reduced to 8: JPEG holds 8 bits");
  CHECK(target_text(palette_picture(0), "JPEG") == "rgb u8; alpha composited over #ffffff: JPEG holds no alpha");
  CHECK(target_text(picture(ElementType::f32, ColorModel::rgb), "PNG") ==
        "rgb u16; 32-bit float samples reduced to 16: PNG holds 16 bits");
  CHECK(target_text(picture(ElementType::f16, ColorModel::rgb), "PNG") ==
        "rgb u16; 16-bit float samples reduced to 16-bit: PNG holds 16-bit samples");
  CHECK(target_text(picture(ElementType::u32, ColorModel::rgb), "PFM") ==
        "rgb f32; 32-bit samples reduced to 32-bit float: PFM holds 32-bit float samples");
  CHECK(target_text(picture(ElementType::i8, ColorModel::gray), "PNG") ==
        "gray u8; negative samples become 0: PNG holds no signed integers");
  CHECK(target_text(picture(ElementType::i32, ColorModel::gray), "PGM") ==
        "gray u16; negative samples become 0: PGM holds no signed integers; "
        "32-bit samples reduced to 16: PGM holds 16 bits");
  CHECK(target_text(picture(ElementType::i16, ColorModel::rgb), "PFM") ==
        "rgb f32; negative samples become 0: PFM holds no signed integers");
  CHECK(target_text(picture(ElementType::u16, ColorModel::rgb), "PFM") == "rgb f32");
  CHECK(target_text(picture(ElementType::f16, ColorModel::rgb), "PFM") == "rgb f32");
  CHECK(target_text(picture(ElementType::i16, ColorModel::rgb), "PNG", with(Color::keep, Depth::u8)) == "rgb u8");
}

TEST_CASE("what is not lost is not warned about") {
  CHECK(target_text(palette_picture(255), "JPEG") == "rgb u8");
  CHECK(target_text(one_bit_gray(), "JPEG") == "gray u8");
}

TEST_CASE("a transparent colour is transparency like any other") {
  ImageInfo info = picture(ElementType::u8, ColorModel::rgb);
  info.transparent_color = TransparentColor{1, 2, 3};
  CHECK(target_text(info, "PNG") == "rgb u8, as it is");
  CHECK(target_text(info, "JPEG") == "rgb u8; alpha composited over #ffffff: JPEG holds no alpha");
  CHECK(target_text(info, "PNG", with(Color::keep, Depth::u16)) == "rgba u16");
  CHECK(target_text(info, "PNG", with(Color::rgba)) == "rgba u8");
  CHECK(target_text(info, "PNG", with(Color::rgb)) ==
        "rgb u8; alpha composited over #ffffff: rgb without alpha was asked for");
}

TEST_CASE("requests for colour and depth are followed") {
  CHECK(target_text(picture(ElementType::u8, ColorModel::rgb), "PNG", with(Color::gray)) == "gray u8");
  CHECK(target_text(picture(ElementType::u8, ColorModel::gray), "PNG", with(Color::rgba)) == "rgba u8");
  CHECK(target_text(one_bit_gray(), "PNG", with(Color::rgb)) == "rgb u8");
  CHECK(target_text(one_bit_gray(), "PNG", with(Color::gray)) == "gray u8 (1 bit), as it is");
  CHECK(target_text(one_bit_gray(), "PNG", with(Color::keep, Depth::u8)) == "gray u8");
  CHECK(target_text(picture(ElementType::u16, ColorModel::rgb), "PNG", with(Color::keep, Depth::u8)) == "rgb u8");
  CHECK(target_text(picture(ElementType::u8, ColorModel::rgb), "PNG", with(Color::rgb, Depth::u16)) == "rgb u16");
  CHECK(target_text(palette_picture(0), "PNG", with(Color::keep, Depth::u8)) == "palette u8, as it is");
  CHECK(target_text(palette_picture(0), "PNG", with(Color::keep, Depth::u16)) == "rgba u16");
  CHECK(target_text(palette_picture(255), "PNG", with(Color::keep, Depth::u16)) == "rgb u16");
  CHECK(target_text(picture(ElementType::u8, ColorModel::cmyk), "PNG", with(Color::gray)) ==
        "gray u8; CMYK converted to gray without colour management: as asked for");
}

TEST_CASE("the background is named as it is") {
  ConvertOptions options = with(Color::gray);
  options.background = {65535, 0, 0x8000};
  CHECK(target_text(picture(ElementType::u8, ColorModel::rgb, true), "PNG", options) ==
        "gray u8; alpha composited over #ffff00008000: gray without alpha was asked for");
  options.background = {257 * 18, 257 * 52, 257 * 86};
  CHECK(to_string(options.background) == "#123456");
}

TEST_CASE("a request that the format cannot hold is an error") {
  const auto refuse = [](const std::string& message, const ConvertOptions& options, const char* format) {
    try {
      (void)choose_target(picture(ElementType::u8, ColorModel::rgb), format, options);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::invalid_argument);
      CHECK(std::string(error.what()).find(message) == 0);  // the list of formats may follow
    }
  };
  refuse("JPEG cannot hold 16-bit samples; the nearest it holds is 8-bit; these formats hold them: ",
         with(Color::keep, Depth::u16), "JPEG");
  refuse("PNG cannot hold 32-bit float samples; the nearest it holds is 16-bit; ", with(Color::keep, Depth::f32),
         "PNG");
  refuse("JPEG cannot hold alpha", with(Color::rgba), "JPEG");
}
