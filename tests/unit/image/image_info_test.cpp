#include "imgbuf/image_info.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace imgbuf;

namespace {

std::string text(std::vector<Subsampling::Factors> components) {
  return Subsampling{std::move(components)}.to_string();
}

}  // namespace

TEST_CASE("Colour models have names", "[image]") {
  CHECK(to_string(ColorModel::gray) == "gray");
  CHECK(to_string(ColorModel::rgb) == "rgb");
  CHECK(to_string(ColorModel::cmyk) == "cmyk");
  CHECK(to_string(ColorModel::palette) == "palette");
}

TEST_CASE("A pixel format knows its channels and bytes", "[image]") {
  const auto channels = [](ColorModel color, bool alpha) {
    return PixelFormat::of(ElementType::u8, color, alpha).channels();
  };
  CHECK(channels(ColorModel::gray, false) == 1);
  CHECK(channels(ColorModel::gray, true) == 2);
  CHECK(channels(ColorModel::rgb, false) == 3);
  CHECK(channels(ColorModel::rgb, true) == 4);
  CHECK(channels(ColorModel::cmyk, false) == 4);
  CHECK(channels(ColorModel::cmyk, true) == 5);
  CHECK(channels(ColorModel::palette, false) == 1);
  CHECK(PixelFormat::of(ElementType::u16, ColorModel::rgb, true).bytes_per_pixel() == 8);
}

TEST_CASE("The usual format of an element type has its full depth in native order", "[image]") {
  const PixelFormat words = PixelFormat::of(ElementType::u16, ColorModel::rgb, true);
  CHECK(words == PixelFormat{Format(ElementType::u16), ColorModel::rgb, true, 16});
  CHECK(words.format.is_native());
  CHECK(PixelFormat::of(ElementType::u8, ColorModel::gray) == PixelFormat{ElementType::u8, ColorModel::gray, false, 8});
  CHECK(PixelFormat::of(ElementType::f32, ColorModel::rgb).bit_depth == 32);
  CHECK(PixelFormat::of(ElementType::f64, ColorModel::rgb).bit_depth == 64);
}

TEST_CASE("A pixel format reads as colour, type and unusual depth", "[image]") {
  CHECK(PixelFormat::of(ElementType::u16, ColorModel::rgb, true).to_string() == "rgba u16");
  CHECK(PixelFormat::of(ElementType::u8, ColorModel::rgb).to_string() == "rgb u8");
  CHECK(PixelFormat::of(ElementType::f32, ColorModel::gray, true).to_string() == "gray+alpha f32");
  CHECK(PixelFormat::of(ElementType::u8, ColorModel::cmyk, true).to_string() == "cmyk+alpha u8");
  CHECK(PixelFormat{ElementType::u8, ColorModel::gray, false, 1}.to_string() == "gray u8 (1 bit)");
  CHECK(PixelFormat{ElementType::u8, ColorModel::palette, false, 4}.to_string() == "palette u8 (4 bit)");
  CHECK(PixelFormat{ElementType::u16, ColorModel::rgb, false, 12}.to_string() == "rgb u16 (12 bit)");
}

TEST_CASE("Subsampling reads in the notation of video where that has a name", "[image]") {
  CHECK(text({}).empty());
  CHECK(text({{1, 1}, {1, 1}, {1, 1}}) == "4:4:4");
  CHECK(text({{2, 2}, {2, 2}, {2, 2}}) == "4:4:4");
  CHECK(text({{2, 1}, {1, 1}, {1, 1}}) == "4:2:2");
  CHECK(text({{2, 2}, {1, 2}, {1, 2}}) == "4:2:2");
  CHECK(text({{2, 2}, {1, 1}, {1, 1}}) == "4:2:0");
  CHECK(text({{1, 2}, {1, 1}, {1, 1}}) == "4:4:0");
  CHECK(text({{4, 1}, {1, 1}, {1, 1}}) == "4:1:1");
  CHECK(text({{4, 2}, {1, 1}, {1, 1}}) == "4:1:0");
  CHECK(text({{1, 1}, {1, 1}, {1, 1}, {1, 1}}) == "4:4:4");
  CHECK(text({{2, 2}, {1, 1}, {1, 1}, {2, 2}}) == "4:2:0");
}

TEST_CASE("Names of subsampling and factors belong together", "[image]") {
  CHECK(Subsampling::names().size() == 6);
  for (const std::string_view name : Subsampling::names()) {
    CAPTURE(name);
    const auto luma = Subsampling::luma_factors(name);
    REQUIRE(luma);
    CHECK(text({*luma, {1, 1}, {1, 1}}) == name);
  }
  CHECK(Subsampling::luma_factors("4:1:0") == Subsampling::Factors{4, 2});
  CHECK_FALSE(Subsampling::luma_factors("4:2"));
  CHECK_FALSE(Subsampling::luma_factors(""));
}

TEST_CASE("A pixel format names its channels", "[image]") {
  using Names = std::vector<std::string_view>;
  const auto names = [](ColorModel color, bool alpha) {
    return PixelFormat::of(ElementType::u8, color, alpha).channel_names();
  };
  CHECK(names(ColorModel::gray, false) == Names{"gray"});
  CHECK(names(ColorModel::gray, true) == Names{"gray", "A"});
  CHECK(names(ColorModel::rgb, false) == Names{"R", "G", "B"});
  CHECK(names(ColorModel::rgb, true) == Names{"R", "G", "B", "A"});
  CHECK(names(ColorModel::cmyk, false) == Names{"C", "M", "Y", "K"});
  CHECK(names(ColorModel::cmyk, true) == Names{"C", "M", "Y", "K", "A"});
  CHECK(names(ColorModel::palette, false) == Names{"index"});
}

TEST_CASE("Subsampling without such a name reads as its factors", "[image]") {
  CHECK(text({{1, 1}}) == "1x1");
  CHECK(text({{2, 1}, {1, 2}, {1, 1}}) == "2x1,1x2,1x1");
  CHECK(text({{3, 1}, {1, 1}, {1, 1}}) == "3x1,1x1,1x1");
  CHECK(text({{3, 2}, {2, 1}, {2, 1}}) == "3x2,2x1,2x1");
  CHECK(text({{1, 1}, {2, 2}, {2, 2}}) == "1x1,2x2,2x2");
  CHECK(text({{2, 2}, {1, 1}, {1, 1}, {1, 1}}) == "2x2,1x1,1x1,1x1");
}
