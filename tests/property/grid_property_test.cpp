#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/grid_view.hpp"
#include "imgbuf/locate.hpp"
#include "imgbuf/walk.hpp"
#include "property/random_grid.hpp"
#include "property/random_structure.hpp"
#include "support/shuffling_executor.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

using Numbers = std::vector<std::ptrdiff_t>;

Numbers random_shape(Random& random) {
  Numbers shape(static_cast<std::size_t>(pick(random, 0, 4)));
  for (std::ptrdiff_t& extent : shape) extent = pick(random, 0, 30) == 0 ? 0 : pick(random, 1, 9);
  return shape;
}

template <class View>
Numbers shape_of(const View& view) {
  Numbers shape;
  for (int a = 0; a < view.rank(); ++a) shape.push_back(view.extent(a));
  return shape;
}

/// What a layout of `u32`s reaches of its first level, as a segment.
Segment first_level_of(std::byte* origin, const Layout& layout) {
  const ByteRange range = reached_bytes(layout, 0, layout.is_direct() ? sizeof(std::uint32_t) : sizeof(std::byte*));
  return {origin + range.first, static_cast<std::size_t>(range.last - range.first), Access::read_write, {}};
}

/// One segment from the first byte of some to their last.
Segment around(const std::vector<Segment>& segments) {
  auto first = reinterpret_cast<std::uintptr_t>(segments.front().data);
  std::uintptr_t last = first;
  for (const Segment& segment : segments) {
    const auto begin = reinterpret_cast<std::uintptr_t>(segment.data);
    first = std::min(first, begin);
    last = std::max(last, begin + segment.bytes);
  }
  return {reinterpret_cast<std::byte*>(first), last - first, Access::read_write, {}};
}

/// A grid, some of its elements at new indices, and what they must be.
struct Scene {
  Scene(Random& random, const Numbers& shape, int operations)
      : grid(random, shape),
        numbers_memory(grid.model().values.size()),
        subject{grid.view(), AnyView(reinterpret_cast<std::byte*>(numbers_memory.data()),
                                     Layout::contiguous(shape, sizeof(std::uint32_t)), ElementType::u32)} {
    std::iota(numbers_memory.begin(), numbers_memory.end(), 0U);
    for (int i = 0; i < operations; ++i) subject = random_grid_operation(random, subject);
    shown.shape = shape_of(subject.numbers);
    for (const std::uint64_t number : read(AnyConstView(subject.numbers)).values)
      shown.values.push_back(grid.model().values[number]);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  RandomGrid grid;
  std::vector<std::uint32_t> numbers_memory;
  GridSubject subject;
  Model shown;
};

TEST_CASE("every operation on a view of a grid shows the elements it must") {
  for (std::uint32_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    const Scene scene(random, random_shape(random), static_cast<int>(pick(random, 0, 6)));
    const GridView& view = scene.subject.view;
    CAPTURE(seed);
    REQUIRE(shape_of(view) == scene.shown.shape);
    REQUIRE(read(GridConstView(view)).values == scene.shown.values);
    for (int a = 0; a < view.rank(); ++a) {
      const Numbers cuts = view.cuts(a);
      REQUIRE(cuts.front() == 0);
      REQUIRE(cuts.back() == view.extent(a));
      REQUIRE(std::adjacent_find(cuts.begin(), cuts.end(), std::greater_equal<>()) == cuts.end());
    }
    if (const std::optional<AnyView> plain = view.in_one_cell())
      REQUIRE(read(AnyConstView(*plain)).values == scene.shown.values);
  }
}

TEST_CASE("where an element of a grid is located, its neighbours in the box are where the strides say") {
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    Random random(seed);
    const Scene scene(random, random_shape(random), static_cast<int>(pick(random, 0, 4)));
    const GridConstView view = scene.subject.view;
    if (view.is_empty()) continue;
    Numbers index;
    for (int a = 0; a < view.rank(); ++a) index.push_back(pick(random, 0, view.extent(a) - 1));
    const Location<const std::byte> here = locate(view, index);
    CAPTURE(seed, index);
    REQUIRE(here.contains(index));
    for (int i = 0; i < 8; ++i) {
      Numbers other;
      for (const auto& range : here.box()) other.push_back(pick(random, range.begin, range.end - 1));
      REQUIRE(here.address(other) == locate(view, other).pointer());
    }
  }
}

TEST_CASE("copies between grids and random structures move every element to its index") {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const Scene source(random, random_shape(random), static_cast<int>(pick(random, 0, 4)));
    const RandomStructure plain(random, source.shown.shape);
    CAPTURE(seed, plain.view().layout().describe());
    copy(plain.view(), source.subject.view, Context());
    REQUIRE(read(AnyConstView(plain.view())).values == source.shown.values);
    REQUIRE(plain.gaps_intact());

    const RandomGrid cells(random, source.shown.shape);
    copy(cells.view(), plain.view(), Context());
    REQUIRE(read(GridConstView(cells.view())).values == source.shown.values);

    const RandomGrid others(random, source.shown.shape);
    copy(others.view(), source.subject.view, Context());
    REQUIRE(read(GridConstView(others.view())).values == source.shown.values);
    REQUIRE(cells.gaps_intact());
    REQUIRE(others.gaps_intact());
    REQUIRE(source.grid.gaps_intact());
  }
}

TEST_CASE("copies of grids keep elements of every type and either byte order") {
  static constexpr ElementType types[] = {ElementType::u8, ElementType::u16, ElementType::f32, ElementType::f64};
  for (std::uint32_t seed = 0; seed < 1200; ++seed) {
    Random random(seed);
    const ElementType type = types[pick(random, 0, 3)];
    const Format from(type, pick(random, 0, 1) == 0 ? ByteOrder::little : ByteOrder::big);
    const Format to(type, pick(random, 0, 1) == 0 ? ByteOrder::little : ByteOrder::big);
    // Long enough that channels are interleaved and pictures turned in their own ways.
    const Numbers shape{pick(random, 1, 40), pick(random, 1, 40), pick(random, 1, 4)};
    const RandomGrid source(random, shape, {.format = from});
    const RandomStructure plain(random, {.shape = shape, .format = to, .distinct = true});
    const RandomGrid cells(random, shape, {.format = from, .distinct = true});
    CAPTURE(seed, from.pep3118(), to.pep3118(), shape);
    copy(plain.view(), source.view(), Context());
    REQUIRE(read(AnyConstView(plain.view())).values == source.model().values);
    copy(cells.view(), plain.view(), Context());
    REQUIRE(read(GridConstView(cells.view())).values == source.model().values);
    REQUIRE(plain.gaps_intact());
    REQUIRE(cells.gaps_intact());
  }
}

TEST_CASE("a transform of grids and plain views sees each index once") {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const Scene a(random, random_shape(random), static_cast<int>(pick(random, 0, 4)));
    const RandomStructure b(random, a.shown.shape);
    const RandomGrid out(random, a.shown.shape);
    const Context context;
    transform(
        context, [](std::uint32_t x, std::uint32_t y) { return 2 * x + y; }, seen_as<std::uint32_t>(out.view()),
        seen_as<const std::uint32_t>(GridConstView(a.subject.view)), b.view().as<const std::uint32_t>());
    const Model seen = read(GridConstView(out.view()));
    CAPTURE(seed);
    for (std::size_t i = 0; i < seen.values.size(); ++i)
      REQUIRE(seen.values[i] == 2 * a.shown.values[i] + b.model().values[i]);
    REQUIRE(out.gaps_intact());
    std::ptrdiff_t visits = 0;
    for_each_run(
        context, [&visits](Run<const std::uint32_t> run) { visits += run.size; },
        seen_as<const std::uint32_t>(GridConstView(a.subject.view)));
    REQUIRE(visits == static_cast<std::ptrdiff_t>(a.shown.values.size()));
  }
}

TEST_CASE("elements of another type or byte order in a grid are seen converted") {
  for (std::uint32_t seed = 0; seed < 600; ++seed) {
    Random random(seed);
    const Format format(ElementType::u16, pick(random, 0, 1) == 0 ? ByteOrder::little : ByteOrder::big);
    const Numbers shape{pick(random, 1, 30), pick(random, 1, 30)};
    const RandomGrid in(random, shape, {.format = format});
    const RandomStructure out(random, shape);
    transform(
        Context(), [](float x) { return static_cast<std::uint32_t>(x) + 1; }, out.view().as<std::uint32_t>(),
        seen_as<const float>(GridConstView(in.view())));
    const Model seen = read(AnyConstView(out.view()));
    CAPTURE(seed);
    for (std::size_t i = 0; i < seen.values.size(); ++i) REQUIRE(seen.values[i] == in.model().values[i] + 1);
  }
}

TEST_CASE("threads share a walk over grids without missing or repeating an element") {
  const std::vector<Numbers> shapes{{300, 300, 3}, {2, 70000, 1}, {1, 200001}, {3, 5, 7, 1111}, {70000, 2}};
  for (const Numbers& shape : shapes) {
    for (std::uint32_t seed = 0; seed < 2; ++seed) {
      Random random(seed);
      const RandomGrid grid(random, shape);
      const RandomStructure plain(random, shape);
      ShufflingExecutor executor(4);
      const Context context(executor);
      CAPTURE(seed, shape);
      transform(
          context, [](std::uint32_t v) { return v + 1; }, seen_as<std::uint32_t>(grid.view()),
          seen_as<const std::uint32_t>(GridConstView(grid.view())));
      copy(plain.view(), grid.view().flip(1), context);
      CHECK(executor.most_parts() > 1);
      const Model seen = read(AnyConstView(plain.view().flip(1)));
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < seen.values.size(); ++i) wrong += seen.values[i] != grid.model().values[i] + 1;
      REQUIRE(wrong == 0);
      REQUIRE(grid.gaps_intact());
      REQUIRE(plain.gaps_intact());

      // Turned, which is copied in tiles.
      const RandomGrid turned(random, Numbers(shape.rbegin(), shape.rend()));
      copy(turned.view().transpose(), plain.view(), context);
      const RandomStructure back(random, shape);
      copy(back.view(), turned.view().transpose(), Context());
      REQUIRE(read(AnyConstView(back.view())).values == read(AnyConstView(plain.view())).values);
    }
  }
}

TEST_CASE("what is reduced over a grid does not depend on the number of threads") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const RandomGrid grid(random, {pick(random, 300, 500), pick(random, 300, 500)});
    const auto sum = [&](const Context& context) {
      return reduce(
          context, 0.0F,
          [](float& total, Run<const float> run) {
            for (std::ptrdiff_t i = 0; i < run.size; ++i) total += run[i] * 0.1F;
          },
          std::plus<>(), seen_as<const float>(GridConstView(grid.view())));
    };
    ShufflingExecutor executor(4);
    const float alone = sum(Context());
    CAPTURE(seed);
    CHECK(sum(Context(executor)) == alone);
    CHECK(alone > 0);
    const std::ptrdiff_t seen = reduce(
        Context(executor), std::ptrdiff_t{0}, [](std::ptrdiff_t& n, auto run) { n += run.size; }, std::plus<>(),
        seen_as<const std::uint32_t>(GridConstView(grid.view())));
    CHECK(seen == static_cast<std::ptrdiff_t>(grid.model().values.size()));
  }
}

TEST_CASE("overlapping views of one grid are walked as if all had been read first") {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const Numbers shape{pick(random, 2, 12), pick(random, 2, 12)};
    const RandomGrid grid(random, shape);
    const GridView view = grid.view();
    const std::ptrdiff_t height = pick(random, 1, shape[0]), width = pick(random, 1, shape[1]);
    const auto any_window = [&] {
      GridView window =
          view.crop({pick(random, 0, shape[0] - height), pick(random, 0, shape[1] - width)}, {height, width});
      if (pick(random, 0, 2) == 0) window = window.flip(static_cast<int>(pick(random, 0, 1)));
      return window;
    };
    const GridView to = any_window();
    const GridConstView from = any_window();
    const Model before = read(from), before_all = read(GridConstView(view)), before_to = read(GridConstView(to));
    CAPTURE(seed, shape, height, width);
    copy(to, from, Context());
    REQUIRE(read(GridConstView(to)).values == before.values);
    // Nothing else was written.
    const Model after_all = read(GridConstView(view));
    std::size_t changed = 0, expected = 0;
    for (std::size_t i = 0; i < after_all.values.size(); ++i) changed += after_all.values[i] != before_all.values[i];
    for (std::size_t i = 0; i < before.values.size(); ++i) expected += before.values[i] != before_to.values[i];
    REQUIRE(changed == expected);
  }
}

TEST_CASE("a plain layout that is cut into cells is merged into one") {
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    Numbers shape = random_shape(random);
    for (std::ptrdiff_t& extent : shape) extent = std::max<std::ptrdiff_t>(extent, 1);
    const RandomStructure plain(random, shape);
    const AnyView& view = plain.view();
    std::vector<Numbers> cuts;
    for (int a = 0; a < view.rank(); ++a)
      cuts.push_back(view.layout().axis(a).level == 0 ? random_cuts(random, shape[static_cast<std::size_t>(a)])
                                                      : Numbers{0, shape[static_cast<std::size_t>(a)]});
    std::vector<Layout> layouts;
    std::vector<Cell> cells;
    Numbers at(cuts.size(), 0);
    for (bool more = true; more;) {
      Numbers starts, counts;
      for (std::size_t a = 0; a < cuts.size(); ++a) {
        const auto cut = static_cast<std::size_t>(at[a]);
        starts.push_back(cuts[a][cut]);
        counts.push_back(cuts[a][cut + 1] - cuts[a][cut]);
      }
      const Rebased cell = view.layout().crop(starts, counts);
      cells.push_back({view.origin() + cell.origin_offset_bytes, static_cast<std::uint32_t>(layouts.size())});
      layouts.push_back(cell.layout);
      std::size_t a = cuts.size();
      while (a > 0 && ++at[a - 1] == static_cast<std::ptrdiff_t>(cuts[a - 1].size()) - 1) at[--a] = 0;
      more = a > 0;
    }
    const auto merged = std::make_shared<const Grid>(
        Grid(cuts, layouts, cells).merged(Storage({first_level_of(view.origin(), view.layout())})));
    CAPTURE(seed, view.layout().describe());
    REQUIRE(merged->cell_count() == 1);
    REQUIRE(read(GridConstView(merged, view.format())).values == plain.model().values);
  }
}

TEST_CASE("merging cells changes where no element is") {
  int joined = 0;
  for (std::uint32_t seed = 0; seed < 1500; ++seed) {
    Random random(seed);
    const RandomGrid grid(random, random_shape(random));
    const Grid& cut = *grid.view().geometry().grid();
    std::vector<Segment> segments;
    for (const Cell& cell : cut.cells()) segments.push_back(first_level_of(cell.origin, cut.layout_of(cell)));
    // In every other one cells are as if they were parts of one segment; else nothing is joined.
    const bool is_one = seed % 2 == 0;
    if (is_one && !segments.empty()) segments = {around(segments)};
    const auto merged = std::make_shared<const Grid>(cut.merged(Storage(std::move(segments))));
    CAPTURE(seed);
    REQUIRE(read(GridConstView(merged, grid.view().format())).values == grid.model().values);
    if (!is_one) REQUIRE(merged->cell_count() == cut.cell_count());
    joined += merged->cell_count() < cut.cell_count() ? 1 : 0;
  }
  CHECK(joined > 0);
}

}  // namespace
