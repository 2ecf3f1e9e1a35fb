#include "convert/channels.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/require_error.hpp"

using namespace imgbuf;
using namespace imgbuf::conversion;

namespace {

ImageInfo info_of(ColorModel color, bool alpha = false, ElementType type = ElementType::u8) {
  ImageInfo info;
  info.pixel = PixelFormat::of(type, color, alpha);
  return info;
}

ChannelChoice chosen(const ImageInfo& info, const std::vector<std::vector<std::string>>& selections) {
  std::vector<GeometryStep> steps;
  for (const auto& channels : selections) {
    steps.emplace_back(Flip{});  // of no matter to channels
    steps.emplace_back(SelectChannels{channels});
  }
  return choose_channels(steps, info);
}

using Indices = std::vector<int>;

}  // namespace

TEST_CASE("channels are selected by name in any case and by index") {
  const ImageInfo rgba = info_of(ColorModel::rgb, true);
  CHECK(chosen(rgba, {{"B", "g", "R"}}).channels == Indices{2, 1, 0});
  CHECK(chosen(rgba, {{"2", "1", "0"}}).channels == Indices{2, 1, 0});
  CHECK(chosen(rgba, {{"a"}}).channels == Indices{3});
  CHECK(chosen(rgba, {{"R", "R", "R"}}).channels == Indices{0, 0, 0});
  CHECK(chosen(info_of(ColorModel::cmyk), {{"K"}}).channels == Indices{3});
  CHECK(chosen(info_of(ColorModel::gray, true), {{"gray"}}).channels == Indices{0});
  CHECK(chosen(rgba, {{"B", "G", "R"}}).text == "B, G, R of rgba u8");
}

TEST_CASE("all channels in order are no selection") {
  for (const auto& channels : std::vector<std::vector<std::string>>{{"R", "G", "B"}, {"0", "1", "2"}}) {
    const ChannelChoice choice = chosen(info_of(ColorModel::rgb), {channels});
    CHECK(choice.channels.empty());
    CHECK(choice.text.empty());
    CHECK_FALSE(choice.expand);
  }
  CHECK(chosen(info_of(ColorModel::rgb), {}).channels.empty());
  CHECK(chosen(info_of(ColorModel::rgb), {{"B", "G", "R"}, {"B", "G", "R"}}).channels.empty());
}

TEST_CASE("a second selection sees what the first has left") {
  const ImageInfo rgba = info_of(ColorModel::rgb, true);
  CHECK(chosen(rgba, {{"B", "G", "R"}, {"R"}}).channels == Indices{2});
  CHECK(chosen(rgba, {{"A"}, {"gray", "0", "0"}}).channels == Indices{3, 3, 3});
  CHECK(chosen(rgba, {{"A"}, {"gray", "0", "0"}}).pixel == PixelFormat::of(ElementType::u8, ColorModel::rgb));
  test::require_error(ErrorCode::invalid_argument, "no channel 'A' in rgb u8 pixels; there are R, G, B", [&] {
    (void)chosen(rgba, {{"R", "G", "B"}, {"A"}});
  });
}

TEST_CASE("a selection sees a palette's colours and a transparent colour as alpha") {
  ImageInfo palette = info_of(ColorModel::palette);
  palette.palette = {{1, 2, 3, 255}, {4, 5, 6, 255}};
  CHECK(chosen(palette, {{"G"}}).expand);
  CHECK(chosen(palette, {{"G"}}).channels == Indices{1});
  CHECK(chosen(palette, {{"R", "G", "B"}}).expand);
  CHECK(chosen(palette, {{"R", "G", "B"}}).channels.empty());
  CHECK_THROWS_AS(chosen(palette, {{"A"}}), Error);
  palette.palette[0].alpha = 7;
  CHECK(chosen(palette, {{"A"}}).channels == Indices{3});
  CHECK_FALSE(chosen(palette, {}).expand);

  ImageInfo keyed = info_of(ColorModel::rgb, false, ElementType::u16);
  keyed.transparent_color = TransparentColor{1, 2, 3};
  CHECK(chosen(keyed, {{"R", "G", "B"}}).expand);
  CHECK(chosen(keyed, {{"R", "G", "B"}}).channels == Indices{0, 1, 2});
  CHECK(chosen(keyed, {{"A"}}).channels == Indices{3});
}

TEST_CASE("channels that are none or make no pixels are errors that name them") {
  const ImageInfo rgb = info_of(ColorModel::rgb);
  for (const std::string channel : {"A", "3", "-1", "", "RG", "0x1", "1.", "99999999999999999999"}) {
    test::require_error(ErrorCode::invalid_argument, "no channel '" + channel + "' in rgb u8 pixels; there are R, G, B",
                        [&] { (void)chosen(rgb, {{channel}}); });
  }
  test::require_error(ErrorCode::invalid_argument, "the channels R, G of rgb u8 pixels make no pixels together", [&] {
    (void)chosen(rgb, {{"R", "G"}});
  });
  test::require_error(ErrorCode::invalid_argument, "no channel is selected", [&] { (void)chosen(rgb, {{}}); });
}

TEST_CASE("channels at one distance can be selected by a view") {
  CHECK(are_evenly_spaced(Indices{}));
  CHECK(are_evenly_spaced(Indices{2}));
  CHECK(are_evenly_spaced(Indices{3, 0}));
  CHECK(are_evenly_spaced(Indices{2, 1, 0}));
  CHECK(are_evenly_spaced(Indices{1, 1, 1}));
  CHECK_FALSE(are_evenly_spaced(Indices{2, 1, 0, 3}));
  CHECK_FALSE(are_evenly_spaced(Indices{1, 1, 0}));
}
