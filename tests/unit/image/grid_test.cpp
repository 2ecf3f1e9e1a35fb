#include "imgbuf/grid.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/grid_view.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using test::require_error;

using Numbers = std::vector<std::ptrdiff_t>;

Numbers cuts_of(const Grid& grid, int axis) {
  return {grid.cuts(axis).begin(), grid.cuts(axis).end()};
}

Storage storage_of(std::span<std::byte> memory) {
  return Storage({{memory.data(), memory.size(), Access::read_write, {}}});
}

/// 6 x 10 bytes in tiles of 4 x 4, one after the other: each byte is its place in memory.
struct Tiles {
  Tiles() {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
    std::vector<Cell> cells;
    for (std::size_t t = 0; t < 6; ++t) cells.push_back({bytes.data() + 16 * t, 0});
    const Layout full{{4, 4, 0}, {4, 1, 0}};
    grid = std::make_shared<const Grid>(Grid::uniform(Numbers{6, 10}, Numbers{4, 4}, {&full, 1}, std::move(cells)));
  }
  [[nodiscard]] GridConstView view() const { return {grid, ElementType::u8}; }

  std::array<std::byte, 96> bytes{};
  std::shared_ptr<const Grid> grid;
};

TEST_CASE("grid: cells of one size are cut short at the far edges, and share layouts") {
  Tiles tiles;
  const Grid& grid = *tiles.grid;
  CHECK(cuts_of(grid, 0) == Numbers{0, 4, 6});
  CHECK(cuts_of(grid, 1) == Numbers{0, 4, 8, 10});
  CHECK(grid.cell_count() == 6);
  CHECK(grid.layouts().size() == 4);
  CHECK(grid.layout_of(grid.cells()[0]) == Layout{{4, 4, 0}, {4, 1, 0}});
  CHECK(grid.layout_of(grid.cells()[2]) == Layout{{4, 4, 0}, {2, 1, 0}});
  CHECK(grid.layout_of(grid.cells()[3]) == Layout{{2, 4, 0}, {4, 1, 0}});
  CHECK(grid.layout_of(grid.cells()[5]) == Layout{{2, 4, 0}, {2, 1, 0}});
  CHECK(grid.cell_of(1, 0) == 0);
  CHECK(grid.cell_of(1, 7) == 1);
  CHECK(grid.cell_of(1, 8) == 2);
  CHECK(grid.merged(storage_of(tiles.bytes)).cell_count() == 6);
}

TEST_CASE("grid: what cannot be one is refused") {
  std::array<std::byte, 16> memory{};
  const Layout four{{4, 1, 0}};
  const auto grid = [&](std::vector<Numbers> cuts, std::vector<Layout> layouts, std::vector<Cell> cells) {
    return [=] { (void)Grid(cuts, layouts, cells); };
  };
  constexpr ErrorCode code = ErrorCode::invalid_layout;
  require_error(code, "axis 0: the cuts of a grid do not ascend from 0", grid({{}}, {}, {}));
  require_error(code, "axis 0: the cuts of a grid do not ascend from 0", grid({{1, 2}}, {four}, {{}}));
  require_error(code, "axis 1: the cuts of a grid do not ascend from 0", grid({{0, 4}, {0, 4, 4}}, {four}, {{}, {}}));
  require_error(code, "a grid of 2 cells was given 1", grid({{0, 4, 8}}, {four}, {{memory.data(), 0}}));
  require_error(code, "cell (1): layout 1 of 1", grid({{0, 4, 8}}, {four}, {{memory.data(), 0}, {memory.data(), 1}}));
  require_error(code, "cell (1): a layout of " + four.describe() + " does not have the extents of its cuts",
                grid({{0, 4, 7}}, {four}, {{memory.data(), 0}, {memory.data(), 0}}));
  require_error(code, "cell (0, 0): a layout of " + four.describe() + " does not have the extents of its cuts",
                grid({{0, 4}, {0, 1}}, {four}, {{memory.data(), 0}}));
  require_error(code, "axis 0: an extent of 4 in cells of 0", [&] {
    (void)Grid::uniform(Numbers{4}, Numbers{0}, {&four, 1}, {});
  });
  require_error(code, "cell (0): its layout is none, or not that of a whole cell", [&] {
    (void)Grid::uniform(Numbers{3}, Numbers{3}, {&four, 1}, {{memory.data(), 0}});
  });
  require_error(code, "a grid of 2 cells was given 0", [&] {
    (void)Grid::uniform(Numbers{5}, Numbers{4}, {&four, 1}, {});
  });
}

TEST_CASE("grid: nothing, one element and an axis without elements") {
  std::byte one{7};
  const auto scalar = std::make_shared<const Grid>(Grid({}, {Layout()}, {{&one, 0}}));
  REQUIRE(GridConstView(scalar, ElementType::u8).in_one_cell());
  CHECK(GridConstView(scalar, ElementType::u8).in_one_cell()->origin() == &one);

  const auto empty = std::make_shared<const Grid>(Grid({{0, 2}, {0}}, {}, {}));
  const GridConstView view(empty, ElementType::u8);
  CHECK(view.is_empty());
  CHECK(view.cuts(0) == Numbers{0, 2});
  CHECK(view.cuts(1) == Numbers{0});
  CHECK(view.in_one_cell()->extent(0) == 2);
  CHECK(view.flip(1).transpose().index(1, 1).extent(0) == 0);
  CHECK(Grid::uniform(Numbers{0, 5}, Numbers{2, 2}, {}, {}).cell_count() == 0);
  CHECK(Grid::one_cell(nullptr, Layout{{0, 1, 0}, {5, 1, 0}}).cell_count() == 0);
}

TEST_CASE("grid: cuts are seen through windows, steps and flips") {
  const Tiles tiles;
  const GridConstView view = tiles.view();
  CHECK(view.cuts(1) == Numbers{0, 4, 8, 10});
  CHECK(view.window(1, 3, 6).cuts(1) == Numbers{0, 1, 5, 6});
  CHECK(view.flip(1).cuts(1) == Numbers{0, 2, 6, 10});
  CHECK(view.slice(1, {1, {}, 2}).cuts(1) == Numbers{0, 2, 4, 5});   // 1 3 | 5 7 | 9
  CHECK(view.slice(1, {{}, {}, 3}).cuts(1) == Numbers{0, 2, 3, 4});  // 0 3 | 6 | 9
  CHECK(view.slice(1, {{}, {}, 9}).cuts(1) == Numbers{0, 1, 2});     // 0 | 9
  CHECK(view.slice(1, {{}, {}, -5}).cuts(1) == Numbers{0, 1, 2});    // 9 | 4
  CHECK(view.transpose().cuts(0) == Numbers{0, 4, 8, 10});
  CHECK(view.insert_axis(0).broadcast(0, 3).cuts(0) == Numbers{0, 3});
  CHECK(view.index(1, -1).cuts(0) == Numbers{0, 4, 6});
  CHECK(view.geometry().axis(0) == GridAxis{.grid_axis = 0, .first = 0, .step = 1, .extent = 6});
  CHECK(view.flip(1).geometry().axis(1) == GridAxis{.grid_axis = 1, .first = 9, .step = -1, .extent = 10});
  CHECK(view.insert_axis(0).geometry().axis(0) == GridAxis{.grid_axis = -1, .first = 0, .step = 0, .extent = 1});
}

TEST_CASE("grid: what lies in one cell is a plain view") {
  const Tiles tiles;
  const GridConstView view = tiles.view();
  CHECK_FALSE(view.in_one_cell());
  CHECK_FALSE(view.crop({3, 8}, {2, 2}).in_one_cell());
  const auto corner = view.crop({4, 8}, {2, 2}).in_one_cell();
  REQUIRE(corner);
  CHECK(corner->origin() == tiles.bytes.data() + 5 * 16);
  CHECK(corner->layout() == Layout{{2, 4, 0}, {2, 1, 0}});
  const auto every_third = view.crop({1, 4}, {3, 4}).slice(0, {{}, {}, 2}).flip(1).transpose().in_one_cell();
  REQUIRE(every_third);
  CHECK(every_third->origin() == tiles.bytes.data() + 16 + 4 + 3);
  CHECK(every_third->layout() == Layout{{4, -1, 0}, {2, 8, 0}});
}

TEST_CASE("grid: operations refuse what those of layouts refuse") {
  const Tiles tiles;
  const GridConstView view = tiles.view();
  constexpr ErrorCode code = ErrorCode::invalid_argument;
  require_error(code, "axis 1: index 10 is outside an extent of 10", [&] { (void)view.index(1, 10); });
  require_error(code, "axis 0: indices 4 to 4 + 3 are not inside an extent of 6", [&] { (void)view.window(0, 4, 3); });
  require_error(code, "axis 1: indices 4 to 4 + 7 are not inside an extent of 10", [&] {
    (void)view.crop({0, 4}, {1, 7});
  });
  require_error(code, "axis 0: slice step is 0", [&] { (void)view.slice(0, {{}, {}, 0}); });
  require_error(ErrorCode::copy_required,
                "axis 1: the selected indices are not evenly spaced, so only a copy holds them", [&] {
                  (void)view.select(1, {0, 1, 3});
                });
  require_error(code, "axis 2: no such axis in a layout of rank 2", [&] { (void)view.cuts(2); });
}

TEST_CASE("grid: cells that go on in memory are merged") {
  std::array<std::byte, 64> memory{};
  const Storage storage = storage_of(memory);
  const Layout rows{{2, 8, 0}, {8, 1, 0}};
  // Strips of 2 rows, of which the third stands elsewhere.
  const Grid strips =
      Grid({{0, 2, 4, 6}, {0, 8}}, {rows}, {{&memory[0], 0}, {&memory[16], 0}, {&memory[40], 0}}).merged(storage);
  CHECK(cuts_of(strips, 0) == Numbers{0, 4, 6});
  CHECK(strips.layout_of(strips.cells()[0]) == Layout{{4, 8, 0}, {8, 1, 0}});
  // Single rows take any distance.
  const Layout row{{1, 8, 0}, {8, 1, 0}};
  const Grid upwards =
      Grid({{0, 1, 2, 3}, {0, 8}}, {row}, {{&memory[50], 0}, {&memory[30], 0}, {&memory[10], 0}}).merged(storage);
  REQUIRE(upwards.cell_count() == 1);
  CHECK(upwards.layouts()[0] == Layout{{3, -20, 0}, {8, 1, 0}});
  // One cut is there for all: where memory goes on in one column only, nothing is merged.
  const Layout square{{2, 4, 0}, {4, 1, 0}};
  const Grid half =
      Grid({{0, 2, 4}, {0, 4, 8}}, {square}, {{&memory[0], 0}, {&memory[8], 0}, {&memory[32], 0}, {&memory[16], 0}})
          .merged(storage);
  CHECK(half.cell_count() == 4);
}

TEST_CASE("grid: cells of different segments stay apart where memory goes on by chance") {
  std::array<std::byte, 64> memory{};
  const auto segment = [&](std::size_t begin, std::size_t end) {
    return Segment{&memory[begin], end - begin, Access::read_write, {}};
  };
  const Storage halves({segment(32, 64), segment(0, 32)});
  // Single rows take any distance, rows of two that of their own.
  for (const std::ptrdiff_t rows : {1, 2}) {
    CAPTURE(rows);
    const Layout cell{{rows, 8, 0}, {8, 1, 0}};
    std::vector<Cell> cells;
    Numbers cuts{0};
    for (std::size_t at = 0; at < memory.size(); at += static_cast<std::size_t>(8 * rows)) {
      cells.push_back({&memory[at], 0});
      cuts.push_back(cuts.back() + rows);
    }
    const Grid grid({cuts, {0, 8}}, {cell}, cells);
    CHECK(cuts_of(grid.merged(storage_of(memory)), 0) == Numbers{0, 8});
    CHECK(cuts_of(grid.merged(halves), 0) == Numbers{0, 4, 8});
    // The last row of memory lies in no segment, or in one with only a part of its cell.
    CHECK(cuts_of(grid.merged(Storage({segment(0, 56)})), 0) == (rows == 1 ? Numbers{0, 7, 8} : Numbers{0, 6, 8}));
    CHECK(grid.merged(Storage()).cell_count() == grid.cell_count());
  }
  // Rows that run upwards reach what is before their origin.
  const Layout upwards{{2, -8, 0}, {8, 1, 0}};
  const Grid flipped({{0, 2, 4, 6}, {0, 8}}, {upwards}, {{&memory[56], 0}, {&memory[40], 0}, {&memory[24], 0}});
  CHECK(flipped.merged(storage_of(memory)).cell_count() == 1);
  CHECK(cuts_of(flipped.merged(halves), 0) == Numbers{0, 4, 6});
}

}  // namespace
