#include "imgbuf/strips.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <vector>

#include "imgbuf/collapse.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::gray_info;
using imgbuf::test::info_of;

/// Rows of 4 bytes at any places of one or several segments of 100 bytes.
struct Scattered {
  struct Place {
    std::size_t segment;
    std::ptrdiff_t offset;
  };

  explicit Scattered(const std::vector<Place>& places) {
    std::vector<Segment> segments;
    for (auto& block : blocks)
      segments.push_back({block.data(), block.size(), Access::read_write, std::shared_ptr<void>(&block, [](void*) {})});
    for (const Place& place : places) table.push_back(blocks[place.segment].data() + place.offset);
    segments.push_back({reinterpret_cast<std::byte*>(table.data()), table.size() * sizeof(std::byte*)});
    const auto rows = static_cast<std::ptrdiff_t>(places.size());
    image = Image::over(Storage(std::move(segments)), reinterpret_cast<std::byte*>(table.data()),
                        Layout({{rows, 8, 0}, {4, 1, 1}, {1, 1, 1}}, {0}), gray_info(rows, 4));
  }

  std::array<std::array<std::byte, 100>, 3> blocks{};
  std::vector<std::byte*> table;
  Image image;
};

struct Expected {
  std::ptrdiff_t first, count, byte_stride;
};

void check_strips(const Strips& made, const AnyConstView& whole, const std::vector<Expected>& expected) {
  REQUIRE(made.strips.size() == expected.size());
  for (std::size_t s = 0; s < expected.size(); ++s) {
    const Strip& strip = made.strips[s];
    CAPTURE(s, strip.view.layout().describe());
    CHECK(strip.first == expected[s].first);
    CHECK(strip.count == expected[s].count);
    CHECK(strip.view.layout().is_direct());
    CHECK(strip.view.layout().axis(made.axis).byte_stride == expected[s].byte_stride);
    CHECK(strip.view.extent(made.axis) == strip.count);
    CHECK(test::packed(strip.view) == test::packed(whole.window(made.axis, strip.first, strip.count)));
  }
}

TEST_CASE("strips end where the distance or the segment changes") {
  const Scattered rows({{0, 0}, {0, 10}, {0, 20}, {0, 40}, {1, 0}, {1, 4}, {2, 90}, {2, 80}, {2, 70}});
  check_strips(strips(rows.image), rows.image.const_view(), {{0, 3, 10}, {3, 1, 10}, {4, 2, 4}, {6, 3, -10}});
}

TEST_CASE("a single row takes the pitch of its segment, else of the strip before, else its own bytes") {
  const Scattered known_later({{0, 0}, {1, 0}, {0, 50}, {0, 60}});
  check_strips(strips(known_later.image), known_later.image.const_view(), {{0, 1, 10}, {1, 1, 10}, {2, 2, 10}});
  const Scattered unknown({{0, 0}, {1, 0}, {2, 0}});
  check_strips(strips(unknown.image), unknown.image.const_view(), {{0, 1, 4}, {1, 1, 4}, {2, 1, 4}});
}

TEST_CASE("segments side by side are strips apart") {
  std::array<std::byte, 40> memory{};
  std::array<std::byte*, 4> table{memory.data(), memory.data() + 10, memory.data() + 20, memory.data() + 30};
  const Layout layout({{4, 8, 0}, {10, 1, 1}, {1, 1, 1}}, {0});
  const Segment table_segment{reinterpret_cast<std::byte*>(table.data()), sizeof table};
  const Image one =
      Image::over(Storage({{memory.data(), 40}, table_segment}), table_segment.data, layout, gray_info(4, 10));
  check_strips(strips(one), one.const_view(), {{0, 4, 10}});
  REQUIRE(collapse(one).image);
  CHECK(collapse(one).image->const_view().layout() == Layout{{4, 10, 0}, {10, 1, 0}, {1, 1, 0}});

  const Image two = Image::over(Storage({{memory.data(), 20}, {memory.data() + 20, 20}, table_segment}),
                                table_segment.data, layout, gray_info(4, 10));
  check_strips(strips(two), two.const_view(), {{0, 2, 10}, {2, 2, 10}});
  CHECK_FALSE(collapse(two).image);
  CHECK(collapse(two).reason == "the elements lie in more than one segment");
}

/// Strips by their definition, row by row.
std::vector<Expected> greedy_strips(const std::vector<std::ptrdiff_t>& offsets, const std::vector<std::ptrdiff_t>& cuts,
                                    std::ptrdiff_t row_bytes) {
  const auto together = [&](std::size_t first, std::size_t last) {
    const auto [low, high] = std::minmax_element(offsets.begin() + static_cast<std::ptrdiff_t>(first),
                                                 offsets.begin() + static_cast<std::ptrdiff_t>(last) + 1);
    for (std::size_t c = 0; c + 1 < cuts.size(); ++c)
      if (cuts[c] <= *low && *high + row_bytes <= cuts[c + 1]) return true;
    return false;
  };
  std::vector<Expected> strips;
  for (std::size_t i = 0; i < offsets.size();) {
    std::size_t end = i + 1;
    while (end < offsets.size() && together(i, end) && offsets[end] - offsets[end - 1] == offsets[i + 1] - offsets[i])
      ++end;
    strips.push_back({static_cast<std::ptrdiff_t>(i), static_cast<std::ptrdiff_t>(end - i),
                      end - i > 1 ? offsets[i + 1] - offsets[i] : 0});
    i = end;
  }
  return strips;
}

TEST_CASE("random rows in segments side by side are cut as row by row") {
  std::array<std::byte, 400> memory{};
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](std::ptrdiff_t low, std::ptrdiff_t high) {
      return std::uniform_int_distribution<std::ptrdiff_t>(low, high)(random);
    };
    std::vector<std::ptrdiff_t> cuts{0};
    while (cuts.back() < 360) cuts.push_back(cuts.back() + 4 * pick(1, 12));
    std::vector<std::ptrdiff_t> offsets;
    std::ptrdiff_t at = 4 * pick(0, 80), stride = 0;
    const std::ptrdiff_t count = pick(1, 40);
    for (std::ptrdiff_t y = 0; y < count; ++y) {
      if (pick(0, 5) == 0 || at + stride < 0 || at + stride > cuts.back() - 4) stride = 4 * pick(-3, 3);
      if (at + stride < 0 || at + stride > cuts.back() - 4) stride = 0;
      at += stride;
      offsets.push_back(at);
    }
    std::vector<std::byte*> table;
    for (const std::ptrdiff_t offset : offsets) table.push_back(memory.data() + offset);
    std::vector<Segment> segments;
    for (std::size_t c = 0; c + 1 < cuts.size(); ++c)
      segments.push_back({memory.data() + cuts[c], static_cast<std::size_t>(cuts[c + 1] - cuts[c])});
    const auto rows = static_cast<std::ptrdiff_t>(table.size());
    segments.push_back({reinterpret_cast<std::byte*>(table.data()), table.size() * sizeof(std::byte*)});
    std::byte* const origin = segments.back().data;
    const Image image = Image::over(Storage(std::move(segments)), origin,
                                    Layout({{rows, 8, 0}, {4, 1, 1}, {1, 1, 1}}, {0}), gray_info(rows, 4));
    const Strips made = strips(image);
    const std::vector<Expected> expected = greedy_strips(offsets, cuts, 4);
    REQUIRE(made.strips.size() == expected.size());
    for (std::size_t s = 0; s < expected.size(); ++s) {
      CHECK(made.strips[s].first == expected[s].first);
      CHECK(made.strips[s].count == expected[s].count);
      CHECK(made.strips[s].view.origin() == table[static_cast<std::size_t>(expected[s].first)]);
      if (expected[s].count > 1) CHECK(made.strips[s].view.layout().axis(0).byte_stride == expected[s].byte_stride);
    }
  }
}

TEST_CASE("a strip keeps its own segment alive and no other") {
  std::array<int, 3> released{};
  std::array<std::array<std::byte, 8>, 3> blocks{};
  Strips made;
  {
    std::vector<Segment> segments;
    std::array<std::byte*, 3> table{};
    for (std::size_t i = 0; i < 3; ++i) {
      segments.push_back({blocks[i].data(), 8, Access::read_write,
                          std::shared_ptr<void>(&released[i], [](void* n) noexcept { ++*static_cast<int*>(n); })});
      table[i] = blocks[i].data();
    }
    segments.push_back({reinterpret_cast<std::byte*>(table.data()), sizeof table});
    made = strips(Image::over(Storage(std::move(segments)), reinterpret_cast<std::byte*>(table.data()),
                              Layout({{3, 8, 0}, {8, 1, 1}, {1, 1, 1}}, {0}), gray_info(3, 8)));
  }
  CHECK(released == std::array<int, 3>{0, 0, 0});
  REQUIRE(made.strips.size() == 3);
  made.strips.erase(made.strips.begin() + 1);
  CHECK(released == std::array<int, 3>{0, 1, 0});
  made.strips.clear();
  CHECK(released == std::array<int, 3>{1, 1, 1});
}

TEST_CASE("an image of one segment collapses, however its rows are cropped and flipped") {
  for (const char* text : {"rows", "planes", "rows:shared"}) {
    CAPTURE(text);
    const Image image = Image::allocate(gray_info(9, 7), Arrangement::parse(text));
    test::fill_random(image.view(), 1);
    const AnyConstView whole = image.const_view();
    for (const AnyConstView& view :
         {whole, whole.flip(0), whole.window(0, 2, 5), whole.flip(0).window(0, 2, 5).flip(1),
          whole.slice(0, {{}, {}, 3}), whole.slice(0, {{}, {}, -2}), whole.permute({1, 0, 2}), whole.index(0, 3),
          whole.window(0, 4, 1), whole.window(1, 3, 0), whole.window(0, 0, 0), whole.index(2, 0)}) {
      const CollapsedView result = collapse(view, image.storage());
      CAPTURE(view.layout().describe(), result.reason);
      REQUIRE(result.view);
      CHECK(result.view->layout().is_direct());
      CHECK(result.view->layout().rank() == view.rank());
      CHECK(test::packed(*result.view) == test::packed(view));
      for (int a = 0; a < view.rank(); ++a) CHECK(result.view->extent(a) == view.extent(a));
    }
  }
}

TEST_CASE("the reason against collapsing names the index") {
  const Scattered rows({{0, 0}, {0, 10}, {0, 20}, {0, 40}});
  CHECK(collapse(rows.image).reason ==
        "index 3 of axis 0 is not as far from the one before as index 1 is from index 0");
  const Image strided = Image::allocate(gray_info(20, 3), Arrangement::strips(8));
  CHECK_FALSE(collapse(strided).image);
  CHECK_FALSE(collapse(strided).reason.empty());
  const Image one_strip = strided.with_view(strided.const_view().window(0, 8, 8), gray_info(8, 3));
  REQUIRE(collapse(one_strip).image);
  CHECK(collapse(one_strip).image->const_view().layout().is_direct());
}

TEST_CASE("collapsing keeps read-only images read-only") {
  std::array<std::byte, 8> memory{};
  std::array<std::byte*, 2> rows{memory.data(), memory.data() + 4};
  const Image image = Image::from_rows(std::span(rows).first(1), gray_info(1, 8), {}, Access::read_only);
  REQUIRE(collapse(image).image);
  CHECK(collapse(image).image->is_read_only());
}

TEST_CASE("planes are strips of channels, direct when their rows are even") {
  const Image planes = Image::allocate(info_of(6, 5, ColorModel::rgb), Arrangement::planes());
  test::fill_random(planes.view(), 2);
  const Strips made = strips(planes);
  CHECK(made.axis == 2);
  REQUIRE(made.strips.size() == 3);  // a segment a plane
  for (const Strip& strip : made.strips) {
    CHECK(strip.view.layout().is_direct());
    CHECK(strip.storage.segments().size() == 1);
    CHECK(test::packed(strip.view) == test::packed(planes.const_view().window(2, strip.first, 1)));
  }
  // Rows in several segments: what lies behind a channel keeps its pointers, and what they need stays alive.
  const test::GuardedImage guarded(test::Kind::planes, 6, 5, 3, ElementType::u8);
  const AnyConstView uneven = guarded.view().slice(0, {{}, {}, 1});
  const Storage nothing_known;
  for (const Strip& strip : strips(uneven, nothing_known).strips)
    CHECK(test::packed(strip.view) == test::packed(uneven.window(2, strip.first, strip.count)));
}

TEST_CASE("direct, empty and single views are strips as well") {
  const Image direct = Image::allocate(gray_info(6, 5));
  CHECK(strips(direct).strips.size() == 1);
  CHECK(strips(direct).strips[0].count == 6);
  const Image rows = Image::allocate(gray_info(6, 5), Arrangement::rows());
  CHECK(strips(rows.const_view().window(0, 2, 0), rows.storage()).strips.empty());
  const Strips no_columns = strips(rows.const_view().window(1, 2, 0), rows.storage());
  REQUIRE(no_columns.strips.size() == 1);
  CHECK(no_columns.strips[0].view.layout().is_direct());
  const AnyConstView scalar = rows.const_view().index(0, 1).index(0, 1).index(0, 0);
  CHECK(strips(scalar, rows.storage()).strips.size() == 1);
}

TEST_CASE("one row repeated more often than tables have entries needs no time for it") {
  constexpr std::ptrdiff_t many = std::ptrdiff_t{1} << 32;
  std::array<std::byte, 8> pixels{};
  std::byte* table[] = {pixels.data(), pixels.data() + 5};
  auto* const origin = reinterpret_cast<std::byte*>(table);
  const Storage storage({{pixels.data(), pixels.size()}, {origin, sizeof table}});
  const Layout repeated({{many, 0, 0}, {3, 1, 1}}, {0});
  const AnyConstView view(origin, repeated, ElementType::u8);
  const CollapsedView collapsed = collapse(view, storage);
  REQUIRE(collapsed.view);
  CHECK(collapsed.view->layout() == Layout{{many, 0, 0}, {3, 1, 0}});
  CHECK(collapsed.view->origin() == pixels.data());
  const Strips one = strips(view, storage);
  REQUIRE(one.strips.size() == 1);
  CHECK(one.strips[0].count == many);
  CHECK(one.strips[0].view.layout() == Layout{{many, 0, 0}, {3, 1, 0}});

  // An inner axis of the tables, and an outer one over pointers that are not even.
  const AnyConstView inner(origin, Layout({{2, 8, 0}, {many, 0, 0}, {3, 1, 1}}, {0}), ElementType::u8);
  CHECK(collapse(inner, storage).view->layout() == Layout{{2, 5, 0}, {many, 0, 0}, {3, 1, 0}});
  CHECK(strips(inner, storage).strips.size() == 1);
  std::byte* uneven[] = {pixels.data(), pixels.data() + 1, pixels.data() + 4};
  const AnyConstView outer(reinterpret_cast<std::byte*>(uneven), Layout({{many, 0, 0}, {3, 8, 0}, {3, 1, 1}}, {0}),
                           ElementType::u8);
  CHECK(collapse(outer, storage).reason ==
        "index 2 of axis 1 is not as far from the one before as index 1 is from index 0");
  const Strips whole = strips(outer, storage);
  REQUIRE(whole.strips.size() == 1);
  CHECK(whole.strips[0].count == many);
  CHECK(whole.strips[0].view.layout() == outer.layout());
}

}  // namespace
