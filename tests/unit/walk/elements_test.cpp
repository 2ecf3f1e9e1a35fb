#include "imgbuf/elements.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <ranges>
#include <vector>

#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::GuardedImage;
using imgbuf::test::Kind;
using imgbuf::test::require_error;

static_assert(std::ranges::random_access_range<Elements<std::uint8_t>>);
static_assert(std::ranges::sized_range<Elements<float>>);
static_assert(std::ranges::common_range<Elements<float>>);
static_assert(std::ranges::view<Elements<const float>>);
static_assert(!std::ranges::borrowed_range<Elements<float>>);
static_assert(std::sortable<Elements<std::uint8_t>::iterator>);
static_assert(!std::indirectly_writable<Elements<const std::uint8_t>::iterator, std::uint8_t>);

constexpr std::ptrdiff_t widths[] = {0, 1, 2, 15, 16, 17, 33};

/// Views of one image in which rows merge, lie at one distance, behind a table, or need one.
std::vector<AnyView> turned(const AnyView& view) {
  return {view,
          view.flip(0),
          view.flip(1),
          view.flip(2),
          view.permute({1, 0, 2}),
          view.permute({2, 0, 1}),
          view.permute({2, 1, 0}),
          view.slice(1, {{}, {}, 2}),
          view.slice(0, {{}, {}, -3}),
          view.insert_axis(0).broadcast(0, 2)};
}

std::vector<std::uint8_t> expected_of(const AnyConstView& view) {
  std::vector<std::uint8_t> result;
  for (const std::byte b : test::packed(view)) result.push_back(std::to_integer<std::uint8_t>(b));
  return result;
}

TEST_CASE("elements come in logical order, forwards, backwards and by position") {
  for (const Kind kind : test::all_kinds())
    for (const std::ptrdiff_t width : widths) {
      const GuardedImage image(kind, 7, width, 3, ElementType::u8);
      test::fill_random(image.view(), static_cast<std::uint32_t>(width));
      for (const AnyView& view : turned(image.view())) {
        const auto range = elements(AnyConstView(view).as<const std::uint8_t>());
        const std::vector<std::uint8_t> expected = expected_of(view);
        CAPTURE(test::name(kind), width, view.layout().describe());
        REQUIRE(range.size() == expected.size());
        REQUIRE(std::ranges::equal(range, expected));
        REQUIRE(std::ranges::equal(range | std::views::reverse, expected | std::views::reverse));
        REQUIRE(range.end() - range.begin() == std::ssize(expected));
        // Every jump that a random-access iterator can take.
        const auto count = std::ssize(expected);
        for (std::ptrdiff_t from = 0; from <= count; from += 13)
          for (std::ptrdiff_t to = 0; to <= count; to += 5) {
            auto it = range.begin() + from;
            it += to - from;
            if (it - range.begin() != to || (it < range.begin() + from) != (to < from) ||
                (to < count && *it != expected[static_cast<std::size_t>(to)]) ||
                (to > 0 && *std::prev(it) != expected[static_cast<std::size_t>(to - 1)]) ||
                (to == count) != (it == range.end())) {
              CAPTURE(from, to);
              FAIL("a jump went wrong");
            }
          }
      }
    }
}

TEST_CASE("the algorithms of the standard library work on any arrangement") {
  for (const Kind kind : test::all_kinds()) {
    const GuardedImage image(kind, 11, 17, 3, ElementType::u8);
    test::fill_random(image.view(), 9);
    std::vector<std::uint8_t> model = expected_of(image.view());
    const auto view = image.view().as<std::uint8_t>();
    const auto range = elements(view);
    CAPTURE(test::name(kind));

    std::ranges::transform(range, range.begin(), [](std::uint8_t v) { return static_cast<std::uint8_t>(v ^ 0x55); });
    std::ranges::transform(model, model.begin(), [](std::uint8_t v) { return static_cast<std::uint8_t>(v ^ 0x55); });
    CHECK(std::ranges::equal(range, model));

    std::ranges::rotate(range, range.begin() + 100);
    std::ranges::rotate(model, model.begin() + 100);
    CHECK(std::ranges::equal(range, model));

    std::stable_sort(range.begin(), range.end(), std::greater<>());
    std::ranges::stable_sort(model, std::greater<>());
    CHECK(std::ranges::equal(range, model));

    std::ranges::reverse(range);
    std::ranges::sort(elements(view), std::less<>());
    std::ranges::sort(model);
    CHECK(std::ranges::equal(range, model));
    CHECK(*std::ranges::lower_bound(range, model[200]) == model[200]);
    CHECK(std::accumulate(range.begin(), range.end(), 0) == std::accumulate(model.begin(), model.end(), 0));
    CHECK(image.guards_intact());
  }
}

struct Rgb {
  std::uint8_t red, green, blue;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

TEST_CASE("pixels are elements of the caller's own type") {
  for (const Kind kind : {Kind::contiguous, Kind::padded, Kind::rows, Kind::strips, Kind::foreign_rows}) {
    const GuardedImage image(kind, 9, 33, 3, ElementType::u8);
    test::fill_random(image.view(), 2);
    std::vector<Rgb> model;
    const std::vector<std::uint8_t> packed = expected_of(image.view());
    for (std::size_t i = 0; i < packed.size(); i += 3) model.push_back({packed[i], packed[i + 1], packed[i + 2]});
    const auto range = pixels<Rgb>(image.view().as<std::uint8_t>());
    CAPTURE(test::name(kind));
    CHECK(std::ranges::equal(range, model));
    std::ranges::sort(range, {}, &Rgb::green);
    CHECK(std::ranges::is_sorted(range, {}, &Rgb::green));
    CHECK(std::ranges::is_permutation(range, model));
    CHECK(image.guards_intact());
    const auto constant = pixels<std::array<std::uint8_t, 3>>(AnyConstView(image.view()).as<const std::uint8_t>());
    static_assert(std::is_same_v<decltype(*constant.begin()), const std::array<std::uint8_t, 3>&>);
    CHECK(constant[5][1] == range[5].green);
  }
}

TEST_CASE("pixels refuse channels that do not lie side by side") {
  const GuardedImage planes(Kind::planes, 2, 4, 3, ElementType::u8);
  require_error(ErrorCode::invalid_layout, "axis 2: the channels do not lie side by side",
                [&] { static_cast<void>(pixels<Rgb>(planes.view().as<std::uint8_t>())); });
  const GuardedImage four(Kind::rows, 2, 4, 4, ElementType::u8);
  require_error(ErrorCode::invalid_layout, "axis 2: 4 channels of 1 bytes are no pixel of 3 bytes",
                [&] { static_cast<void>(pixels<Rgb>(four.view().as<std::uint8_t>())); });
}

TEST_CASE("a range of nothing has no element and follows no pointer") {
  const View<std::uint8_t> none;
  CHECK(elements(none).empty());
  CHECK(Elements<std::uint8_t>().empty());
  const View<std::uint8_t> nowhere(nullptr, Layout({{4, 8, 0}, {0, 1, 1}}, {0}));
  CHECK(std::ranges::distance(elements(nowhere)) == 0);
}

}  // namespace
