#include "convert/geometry.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/require_error.hpp"

using namespace imgbuf;
using namespace imgbuf::conversion;

namespace {

/// A picture of numbers, with the eight orientations done one pixel at a time.
struct Numbers {
  std::ptrdiff_t width = 0, height = 0;
  std::vector<std::uint8_t> values;

  [[nodiscard]] std::uint8_t at(std::ptrdiff_t x, std::ptrdiff_t y) const {
    return values[static_cast<std::size_t>(y * width + x)];
  }
};

Numbers numbered(std::ptrdiff_t width, std::ptrdiff_t height) {
  Numbers numbers{width, height, {}};
  for (std::ptrdiff_t i = 0; i < width * height; ++i) numbers.values.push_back(static_cast<std::uint8_t>(i));
  return numbers;
}

/// TIFF 6.0, section 8: where row 0 and column 0 of the file lie in the upright picture.
Numbers upright(const Numbers& file, int tag) {
  const bool swaps = tag >= 5;
  Numbers result{swaps ? file.height : file.width, swaps ? file.width : file.height, {}};
  for (std::ptrdiff_t y = 0; y < result.height; ++y) {
    for (std::ptrdiff_t x = 0; x < result.width; ++x) {
      const std::ptrdiff_t last_x = file.width - 1, last_y = file.height - 1;
      const std::array<std::pair<std::ptrdiff_t, std::ptrdiff_t>, 8> from{{{x, y},
                                                                           {last_x - x, y},
                                                                           {last_x - x, last_y - y},
                                                                           {x, last_y - y},
                                                                           {y, x},
                                                                           {y, last_y - x},
                                                                           {last_x - y, last_y - x},
                                                                           {last_x - y, x}}};
      const auto [file_x, file_y] = from[static_cast<std::size_t>(tag - 1)];
      result.values.push_back(file.at(file_x, file_y));
    }
  }
  return result;
}

Numbers cropped(const Numbers& picture, const Region& region) {
  Numbers result{region.width, region.height, {}};
  for (std::ptrdiff_t y = 0; y < region.height; ++y) {
    for (std::ptrdiff_t x = 0; x < region.width; ++x) result.values.push_back(picture.at(region.x + x, region.y + y));
  }
  return result;
}

/// What a conversion does: decode a region, then look at it turned.
Numbers applied(const Numbers& file, const Geometry& geometry) {
  const Numbers decoded = cropped(file, geometry.region);
  const Layout layout{{decoded.height, decoded.width}, {decoded.width, 1}, {1, 1}};
  const AnyConstView view(reinterpret_cast<const std::byte*>(decoded.values.data()), layout, ElementType::u8);
  const AnyConstView turned = oriented(view, geometry.orientation);
  CHECK(turned.layout() == oriented(layout, geometry.orientation));
  Numbers result{geometry.width(), geometry.height(), {}};
  REQUIRE(turned.extent(0) == result.height);
  REQUIRE(turned.extent(1) == result.width);
  for (std::ptrdiff_t y = 0; y < result.height; ++y) {
    for (std::ptrdiff_t x = 0; x < result.width; ++x) {
      result.values.push_back(static_cast<std::uint8_t>(*turned.address({y, x, 0})));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("geometry steps in any order give what they give one after the other") {
  const Numbers file = numbered(7, 5);
  for (int tag = 1; tag <= 8; ++tag) {
    const auto exif = static_cast<Orientation>(tag);
    const Region first{1, 2, 5, 3};
    const Region second{1, 0, 2, 2};
    const Region third{0, 1, 2, 1};

    CAPTURE(tag);
    const std::vector<GeometryStep> turn_last{Crop{first}, Crop{second}, AutoOrient{}};
    CHECK(applied(file, compose(turn_last, 7, 5, exif)).values ==
          upright(cropped(cropped(file, first), second), tag).values);

    const std::vector<GeometryStep> turn_between{Crop{first}, AutoOrient{}, Crop{second}, AutoOrient{}, Crop{third}};
    CHECK(applied(file, compose(turn_between, 7, 5, exif)).values ==
          cropped(cropped(upright(cropped(file, first), tag), second), third).values);

    const std::vector<GeometryStep> turn_first{AutoOrient{}, Crop{{2, 1, 3, 4}}};
    const Numbers turned = upright(file, tag);
    CHECK(applied(file, compose(turn_first, 7, 5, exif)).values == cropped(turned, {2, 1, 3, 4}).values);
  }
}

TEST_CASE("any three geometry steps give what they give one after the other") {
  struct Operation {
    GeometryStep step;
    int tag;  ///< of the orientation that does the same, or 0 for the crop
  };
  const Region region{1, 1, 2, 3};
  const std::vector<Operation> operations{{Crop{region}, 0},
                                          {Flip{Flip::Direction::horizontal}, 2},
                                          {Flip{Flip::Direction::vertical}, 4},
                                          {Rotate{90}, 6},
                                          {Rotate{-270}, 6},
                                          {Rotate{180}, 3},
                                          {Rotate{-180}, 3},
                                          {Rotate{270}, 8},
                                          {Rotate{-90}, 8},
                                          {Rotate{360}, 1},
                                          {Transpose{}, 5},
                                          {SelectChannels{{"0"}}, 1}};
  const auto apply_model = [&](const Numbers& numbers, const Operation& operation) {
    return operation.tag == 0 ? cropped(numbers, region) : upright(numbers, operation.tag);
  };
  const Numbers file = numbered(7, 5);
  for (const Operation& first : operations) {
    for (const Operation& second : operations) {
      for (const Operation& third : operations) {
        const int crops = (first.tag == 0) + (second.tag == 0) + (third.tag == 0);
        if (crops > 1) continue;  // the second would not fit
        CAPTURE(first.tag, second.tag, third.tag);
        const std::vector<GeometryStep> steps{first.step, second.step, third.step};
        const Geometry geometry = compose(steps, 7, 5, Orientation::rotate_90);
        CHECK_FALSE(geometry.oriented);
        CHECK(applied(file, geometry).values ==
              apply_model(apply_model(apply_model(file, first), second), third).values);
      }
    }
  }
}

TEST_CASE("auto-orient undoes EXIF once, wherever it stands between other turns") {
  const Numbers file = numbered(7, 5);
  for (int tag = 1; tag <= 8; ++tag) {
    CAPTURE(tag);
    const std::vector<GeometryStep> steps{Rotate{90}, AutoOrient{}, Flip{}, AutoOrient{}};
    const Geometry geometry = compose(steps, 7, 5, static_cast<Orientation>(tag));
    CHECK(geometry.oriented);
    CHECK(applied(file, geometry).values == upright(upright(upright(file, 6), tag), 2).values);
  }
}

TEST_CASE("a view for writing puts the file's pixels where the turned picture has them") {
  const Numbers file = numbered(7, 5);
  for (int tag = 1; tag <= 8; ++tag) {
    CAPTURE(tag);
    const auto orientation = static_cast<Orientation>(tag);
    const Numbers expected = upright(file, tag);
    std::vector<std::uint8_t> memory(35);
    const Layout layout{{expected.height, expected.width}, {expected.width, 1}, {1, 1}};
    const AnyView place =
        unoriented(AnyView(reinterpret_cast<std::byte*>(memory.data()), layout, ElementType::u8), orientation);
    CHECK(place.layout() == unoriented(layout, orientation));
    REQUIRE(place.extent(0) == 5);
    REQUIRE(place.extent(1) == 7);
    for (std::ptrdiff_t y = 0; y < 5; ++y) {
      for (std::ptrdiff_t x = 0; x < 7; ++x) *place.address({y, x, 0}) = static_cast<std::byte>(file.at(x, y));
    }
    CHECK(memory == expected.values);
  }
}

TEST_CASE("a turn by other than multiples of 90 degrees is an error") {
  for (const int degrees : {1, 45, 89, 100, -1, 450 + 1}) {
    const std::vector<GeometryStep> steps{Rotate{degrees}};
    test::require_error(ErrorCode::invalid_argument,
                        "a turn by " + std::to_string(degrees) + " degrees is not by a multiple of 90",
                        [&] { (void)compose(steps, 7, 5, Orientation::upright); });
  }
}

TEST_CASE("only orientations that keep every row in its place stream") {
  for (int tag = 1; tag <= 8; ++tag) {
    CAPTURE(tag);
    CHECK(keeps_rows(static_cast<Orientation>(tag)) == (tag <= 2));
    CHECK(transposes(static_cast<Orientation>(tag)) == (tag >= 5));
  }
}

TEST_CASE("without steps the geometry is the whole picture") {
  const Geometry geometry = compose({}, 7, 5, Orientation::rotate_90);
  CHECK(geometry.region == Region{0, 0, 7, 5});
  CHECK(geometry.orientation == Orientation::upright);
  CHECK_FALSE(geometry.cropped);
  CHECK_FALSE(geometry.oriented);
  const std::vector<GeometryStep> all_of_it{Crop{{0, 0, 7, 5}}};
  CHECK_FALSE(compose(all_of_it, 7, 5, Orientation::upright).cropped);
}

TEST_CASE("a crop outside the picture is an error that names both sizes") {
  constexpr std::ptrdiff_t huge = PTRDIFF_MAX;
  for (const Region& region : {Region{0, 0, 8, 5}, Region{0, 0, 7, 6}, Region{-1, 0, 2, 2}, Region{7, 0, 1, 1},
                               Region{0, 0, 0, 1}, Region{huge, 0, huge, 1}, Region{1, 1, huge, huge}}) {
    const std::vector<GeometryStep> steps{Crop{region}};
    CHECK_THROWS_AS(compose(steps, 7, 5, Orientation::upright), Error);
  }
  const std::vector<GeometryStep> after_a_turn{AutoOrient{}, Crop{{0, 0, 7, 5}}};
  test::require_error(ErrorCode::invalid_argument, "a crop of 7x5 at 0,0 is not inside the picture of 5x7",
                      [&] { (void)compose(after_a_turn, 7, 5, Orientation::rotate_90); });
}
