#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/grid_view.hpp"
#include "imgbuf/locate.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"
#include "support/shuffling_executor.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

using Numbers = std::vector<std::ptrdiff_t>;
using Bytes = std::vector<std::byte>;

constexpr ErrorCode invalid = ErrorCode::invalid_argument;

/// 4 x 8 bytes in two cells of 4 x 4 that begin at two places of one memory.
struct TwoCells {
  TwoCells(std::ptrdiff_t first, std::ptrdiff_t second, const Layout& layout = {{4, 4, 0}, {4, 1, 0}}) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
    grid = std::make_shared<const Grid>(
        Grid({{0, 4}, {0, 4, 8}}, {layout}, {{bytes.data() + first, 0}, {bytes.data() + second, 0}}));
  }
  [[nodiscard]] GridView view() const { return {grid, ElementType::u8}; }

  Bytes bytes = Bytes(64);
  std::shared_ptr<const Grid> grid;
};

Bytes elements(const GridConstView& view) {
  Bytes all;
  for (std::ptrdiff_t y = 0; y < view.extent(0); ++y)
    for (std::ptrdiff_t x = 0; x < view.extent(1); ++x) all.push_back(*locate(view, {y, x}).pointer());
  return all;
}

Array plain(std::ptrdiff_t height, std::ptrdiff_t width) {
  const Array array = Array::allocate(Numbers{height, width}, ElementType::u8);
  fill_random(array.view(), 9);
  return array;
}

TEST_CASE("grid walk: shapes must be one") {
  const TwoCells cells(0, 16);
  require_error(invalid, "axis 1: operands of extents 8 and 7",
                [&] { copy(cells.view(), plain(4, 7).const_view(), Context()); });
  require_error(invalid, "operands of rank 2 and 1",
                [&] { copy(cells.view(), plain(4, 7).const_view().index(1, 0), Context()); });
  require_error(ErrorCode::format_mismatch, "cannot copy u8 elements to u16",
                [&] { copy(GridView(cells.grid, ElementType::u16), plain(4, 8).const_view(), Context()); });
}

TEST_CASE("grid walk: cells that share memory are no destination, but may be read") {
  const Array source = plain(4, 8);
  for (const std::ptrdiff_t second : {0, 15, 1}) {
    const TwoCells cells(0, second);
    require_error(invalid, "operand 0: what is written has the same memory at two indices",
                  [&] { copy(cells.view(), source.const_view(), Context()); });
    copy(source.view(), cells.view(), Context());
    CHECK(packed(source.const_view()) == elements(cells.view()));
    // What is not shared may be written.
    copy(cells.view().window(1, 0, 4), source.const_view().window(1, 0, 4), Context());
  }
  const TwoCells repeated(0, 16, Layout{{4, 0, 0}, {4, 1, 0}});
  require_error(invalid, "operand 0: what is written repeats its elements along axis 0",
                [&] { copy(repeated.view(), source.const_view(), Context()); });
  const TwoCells fine(0, 16);
  require_error(invalid, "operand 0: what is written repeats its elements along axis 1",
                [&] { copy(fine.view().window(1, 2, 1).broadcast(1, 8), source.const_view(), Context()); });
}

TEST_CASE("grid walk: cells that interleave are a destination") {
  // Left and right half of one picture: each cell's bytes lie between the other's.
  TwoCells halves(0, 4, Layout{{4, 8, 0}, {4, 1, 0}});
  const Array source = plain(4, 8);
  copy(halves.view(), source.const_view(), Context());
  CHECK(elements(halves.view()) == packed(source.const_view()));
  CHECK(std::equal(halves.bytes.begin(), halves.bytes.begin() + 32, packed(source.const_view()).begin()));
  CHECK(halves.bytes[32] == std::byte{32});
}

TEST_CASE("grid walk: in place nothing is copied, and else only with leave") {
  TwoCells cells(0, 20);
  Context strict;
  strict.allow_copies = false;
  const Bytes before = elements(cells.view());
  const auto increment = [](std::uint8_t v) { return static_cast<std::uint8_t>(v + 1); };
  transform(strict, increment, seen_as<std::uint8_t>(cells.view()),
            seen_as<const std::uint8_t>(GridConstView(cells.view())));
  Bytes expected = before;
  for (std::byte& b : expected) b = static_cast<std::byte>(std::to_integer<int>(b) + 1);
  CHECK(elements(cells.view()) == expected);
  // The same memory, said by a plain layout.
  const AnyView left(cells.bytes.data(), Layout{{4, 4, 0}, {4, 1, 0}}, ElementType::u8);
  transform(strict, increment, seen_as<std::uint8_t>(cells.view().window(1, 0, 4)), left.as<const std::uint8_t>());

  const GridView flipped = cells.view().flip(0);
  require_error(ErrorCode::copy_required,
                "operand 1: shares memory with operand 0, which is written: a copy of 32 bytes would be needed",
                [&] { copy(flipped, cells.view(), strict); });
  const Bytes now = elements(cells.view());
  const Context context;
  copy(flipped, cells.view(), context);
  CHECK(context.copied_bytes() == 32);
  CHECK(elements(flipped) == now);

  // One copy of what is repeated.
  const Context other;
  const GridConstView column = cells.view().window(1, 3, 1);
  const Bytes repeated = elements(column.broadcast(1, 8));
  copy(cells.view(), column.broadcast(1, 8), other);
  CHECK(other.copied_bytes() == 4);
  CHECK(elements(cells.view()) == repeated);
}

TEST_CASE("grid walk: memory is shared with the part of one cell that another, smaller one would not have") {
  Bytes memory(48);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i);
  const auto require_as_if_read_first = [](const GridView& to, const AnyConstView& from) {
    const auto read = [](std::ptrdiff_t count, const auto& view) {
      Bytes all;
      for (std::ptrdiff_t i = 0; i < count; ++i) all.push_back(*locate(view, {i}).pointer());
      return all;
    };
    const Bytes expected = read(from.extent(0), from);
    copy(to, from, Context());
    CHECK(read(to.extent(0), GridConstView(to)) == expected);
  };
  const auto backwards = [&](std::size_t last, std::ptrdiff_t count) {
    return AnyConstView(&memory[last], Layout{{count, -1, 0}}, ElementType::u8);
  };
  const Layout packed{{8, 1, 0}}, spread{{8, 2, 0}};
  SECTION("because a window cuts it short") {
    const auto grid = std::make_shared<const Grid>(Grid({{0, 8, 16}}, {packed}, {{&memory[0], 0}, {&memory[16], 0}}));
    require_as_if_read_first(GridView(grid, ElementType::u8).window(0, 6, 10), backwards(29, 10));
  }
  SECTION("because its layout is another one") {
    const auto grid =
        std::make_shared<const Grid>(Grid({{0, 8, 16}}, {packed, spread}, {{&memory[0], 0}, {&memory[16], 1}}));
    require_as_if_read_first(GridView(grid, ElementType::u8), backwards(40, 16));
  }
}

TEST_CASE("grid walk: two that are written must not share memory") {
  const TwoCells cells(0, 16);
  const auto swap_all = [](Run<std::uint8_t>, Run<std::uint8_t>) {};
  require_error(
      invalid,
      "operand 1: shares memory with operand 0, and both may be written: what is only read should be a view of "
      "const elements",
      [&] {
        for_each_run(Context(), swap_all, seen_as<std::uint8_t>(cells.view().window(1, 0, 5)),
                     seen_as<std::uint8_t>(cells.view().window(1, 3, 5)));
      });
  for_each_run(Context(), swap_all, seen_as<std::uint8_t>(cells.view().window(1, 0, 4)),
               seen_as<std::uint8_t>(cells.view().window(1, 4, 4)));
}

TEST_CASE("grid walk: an error of a kernel and a cancelled context stop it") {
  const std::ptrdiff_t side = 600;
  Bytes memory(static_cast<std::size_t>(side * side));
  std::vector<Cell> cells;
  const Layout full{{20, 20, 0}, {20, 1, 0}};
  for (std::ptrdiff_t i = 0; i < 900; ++i) cells.push_back({memory.data() + 400 * i, 0});
  const auto grid =
      std::make_shared<const Grid>(Grid::uniform(Numbers{side, side}, Numbers{20, 20}, {&full, 1}, std::move(cells)));
  const GridView view(grid, ElementType::u8);
  ShufflingExecutor executor(3);
  const Context context(executor);
  std::atomic<int> calls{0};
  const auto fail = [&](Run<const std::uint8_t>) {
    ++calls;
    throw std::runtime_error("enough");
  };
  CHECK_THROWS_WITH(for_each_run(context, fail, seen_as<const std::uint8_t>(GridConstView(view))), "enough");
  CHECK(calls <= 3);
  Context cancelled(executor);
  cancelled.cancel();
  CHECK_THROWS_AS(copy(view, plain(side, side).const_view(), cancelled), Error);
  CHECK_THROWS_AS(for_each_run(cancelled, fail, seen_as<const std::uint8_t>(GridConstView(view))), Error);
}

TEST_CASE("grid walk: a packed cell is one run, and its elements need no scratch memory") {
  const TwoCells cells(0, 16);
  const Context context;
  std::vector<std::ptrdiff_t> runs;
  for_each_run(
      context, [&](Run<const std::uint8_t> run) { runs.push_back(run.size); },
      seen_as<const std::uint8_t>(GridConstView(cells.view())));
  CHECK(runs == Numbers{16, 16});
  CHECK(context.scratch_bytes() == 0);
}

TEST_CASE("grid walk: nothing to walk") {
  const auto grid = std::make_shared<const Grid>(Grid({{0, 2}, {0}}, {}, {}));
  const GridView view(grid, ElementType::u8);
  copy(view, plain(2, 0).const_view(), Context());
  const int sum = reduce(
      Context(), 7, [](int& s, auto) { s = 0; }, [](int a, int b) { return a + b; },
      seen_as<const std::uint8_t>(GridConstView(view)));
  CHECK(sum == 7);
  CHECK(copy_of(GridConstView(view), ElementType::u8, {}, Context()).extent(0) == 2);
}

}  // namespace
