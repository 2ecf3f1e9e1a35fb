#include "imgbuf/grid_image.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/handoff.hpp"
#include "imgbuf/walk.hpp"
#include "imgbuf/writer.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"
#include "unit/codecs/stored_testing.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

using Numbers = std::vector<std::ptrdiff_t>;

/// Tiles of 4 x 4 pixels one after the other, random, in memory of their own.
GridImage tiled(std::ptrdiff_t height, std::ptrdiff_t width, Access access = Access::read_write) {
  const ImageInfo info = info_of(height, width);
  const std::ptrdiff_t count = (height + 3) / 4 * ((width + 3) / 4);
  Segment memory = allocate_segment(static_cast<std::size_t>(count * 48));
  memory.access = access;
  fill_random(AnyView(memory.data, Layout{{count * 48, 1, 0}}, ElementType::u8), 5);
  std::vector<Cell> cells;
  for (std::ptrdiff_t t = 0; t < count; ++t) cells.push_back({memory.data + 48 * t, 0});
  const Layout full{{4, 12, 0}, {4, 3, 0}, {3, 1, 0}};
  return GridImage::over(Storage({memory}),
                         Grid::uniform(Numbers{height, width, 3}, Numbers{4, 4, 3}, {&full, 1}, std::move(cells)),
                         info);
}

Image gathered(const GridImage& image) {
  return copy_of(image, {}, Context());
}

TEST_CASE("grid image: cells must lie in the storage") {
  std::array<std::byte, 100> memory{};
  const ImageInfo info = gray_info(4, 10);
  const Layout full{{4, 5, 0}, {5, 1, 0}, {1, 1, 0}};
  const Storage storage({{memory.data(), memory.size(), Access::read_write, {}}});
  const auto over = [&](std::byte* second) {
    return GridImage::over(
        storage, Grid::uniform(Numbers{4, 10, 1}, Numbers{4, 5, 1}, {&full, 1}, {{memory.data(), 0}, {second, 0}}),
        info);
  };
  CHECK(over(memory.data() + 80).const_view().extent(1) == 10);
  require_error(ErrorCode::invalid_layout, "cell 1: level 0: the layout reaches memory outside its segments",
                [&] { (void)over(memory.data() + 81); });
  require_error(
      ErrorCode::invalid_argument, "a grid of another shape than a picture of 4 rows, 9 columns and 1 channels", [&] {
        (void)GridImage::over(storage, Grid::one_cell(memory.data(), Layout{{4, 10, 0}, {10, 1, 0}, {1, 1, 0}}),
                              gray_info(4, 9));
      });
}

TEST_CASE("grid image: single rows of two segments are no strided picture") {
  std::array<std::byte, 8> memory{};
  const Grid grid({{0, 1, 2}, {0, 4}, {0, 1}}, {Layout{{1, 4, 0}, {4, 1, 0}, {1, 1, 0}}},
                  {{memory.data(), 0}, {memory.data() + 4, 0}});
  const auto over = [&](std::vector<Segment> segments) {
    return GridImage::over(Storage(std::move(segments)), grid, gray_info(2, 4));
  };
  CHECK(over({{memory.data(), 8, Access::read_write, {}}}).in_one_cell());
  const GridImage apart =
      over({{memory.data(), 4, Access::read_write, {}}, {memory.data() + 4, 4, Access::read_write, {}}});
  CHECK_FALSE(apart.in_one_cell());
  CHECK(apart.cell_count() == 2);
}

TEST_CASE("grid image: pointer tables of cells are copied") {
  std::array<std::byte, 24> memory{};
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i);
  // Two cells of two rows behind pointers, rows in any order.
  std::array<std::byte*, 4> table{&memory[18], &memory[0], &memory[6], &memory[12]};
  const Layout rows({{2, sizeof(std::byte*), 0}, {6, 1, 1}, {1, 1, 1}}, {0});
  const Storage storage({{memory.data(), memory.size(), Access::read_write, {}},
                         {reinterpret_cast<std::byte*>(table.data()), sizeof table, Access::read_only, {}}});
  auto* const slots = reinterpret_cast<std::byte*>(table.data());
  const Grid grid({{0, 2, 4}, {0, 6}, {0, 1}}, {rows}, {{slots, 0}, {slots + 2 * sizeof(std::byte*), 0}});
  const GridImage image = GridImage::over(storage, grid, gray_info(4, 6));
  table.fill(nullptr);
  const auto bytes = packed(gathered(image).const_view());
  CHECK(std::memcmp(bytes.data(), &memory[18], 6) == 0);
  CHECK(std::memcmp(bytes.data() + 6, &memory[0], 18) == 0);
  CHECK_FALSE(image.is_read_only());
  std::array<std::byte*, 2> astray{&memory[0], &memory[19]};
  const Storage small({{memory.data(), memory.size(), Access::read_write, {}},
                       {reinterpret_cast<std::byte*>(astray.data()), sizeof astray, Access::read_write, {}}});
  require_error(ErrorCode::invalid_layout, "cell 0: level 1: pointer 1 leads outside the segments", [&] {
    (void)GridImage::over(small,
                          Grid({{0, 2}, {0, 6}, {0, 1}}, {rows}, {{reinterpret_cast<std::byte*>(astray.data()), 0}}),
                          gray_info(2, 6));
  });
}

TEST_CASE("grid image: an image is one cell and one cell is an image") {
  for (const Kind kind : all_kinds()) {
    const GuardedImage memory(kind, 5, 7, 3, ElementType::u16);
    ImageInfo info = info_of(5, 7, ColorModel::rgb, ElementType::u16);
    info.pixel.format = memory.view().format();
    const Image image =
        Image::over(Array::trusted(memory.view().origin(), memory.view().layout(), info.pixel.format, {}), info);
    const GridImage grid(image);
    INFO(name(kind));
    CHECK(grid.cell_count() == 1);
    const std::optional<Image> back = grid.in_one_cell();
    REQUIRE(back);
    CHECK(back->const_view().origin() == image.const_view().origin());
    CHECK(back->const_view().layout() == image.const_view().layout());
    CHECK(packed(gathered(grid).const_view()) == packed(image.const_view()));
  }
  CHECK_FALSE(tiled(8, 8).in_one_cell());
  const Image empty = Image::allocate(info_of(0, 5));
  CHECK(GridImage(empty).in_one_cell()->const_view().extent(1) == 5);
  CHECK(GridImage(empty).cells().empty());
  CHECK_THROWS_AS(GridImage(Image()), Error);
}

TEST_CASE("grid image: geometry is a view, and keeps the memory alive") {
  std::optional<GridImage> whole = tiled(9, 14);
  const auto expected = packed(gathered(*whole).const_view().crop({2, 3}, {6, 8}).flip(0));
  ImageInfo info = info_of(6, 8);
  const GridImage part = whole->with_view(whole->const_view().crop({2, 3}, {6, 8}).flip(0), info);
  require_error(ErrorCode::invalid_argument, "the view is not of this image's grid",
                [&] { (void)whole->with_view(tiled(9, 14).const_view(), whole->info()); });
  whole.reset();
  CHECK(part.cells_text() == "2 x 3");
  CHECK(packed(gathered(part).const_view()) == expected);

  // Each cell is an array of its own, which keeps the memory alive as well.
  std::optional<GridImage> owner = part;
  const std::vector<CellArray> cells = owner->cells();
  owner.reset();
  REQUIRE(cells.size() == 6);
  const Image put_together = Image::allocate(info);
  for (const CellArray& cell : cells) {
    const Numbers extents{cell.array.extent(0), cell.array.extent(1), cell.array.extent(2)};
    copy(put_together.view().crop(cell.first, extents), cell.array.const_view());
  }
  CHECK(packed(put_together.const_view()) == expected);
  CHECK(cells[1].first == Numbers{0, 1, 0});
}

TEST_CASE("grid image: what may only be read is not written") {
  const GridImage image = tiled(8, 8, Access::read_only);
  CHECK(image.is_read_only());
  require_error(ErrorCode::invalid_argument, "the memory is read-only", [&] { (void)image.view(); });
  CHECK(image.cells()[0].array.is_read_only());
  CHECK_FALSE(tiled(8, 8).is_read_only());
}

TEST_CASE("grid image: a handoff says that it is stored in cells") {
  const GridImage image = tiled(9, 14);
  const Handoff said = explain_handoff(image, consumers::numpy);
  CHECK(said.kind == HandoffKind::copied);
  CHECK(said.reason == "stored in 3 x 4 cells");
  CHECK(said.copied_bytes == 9 * 14 * 3);
  Context context;
  const HandedArray handed = hand_off(image, consumers::numpy, context);
  CHECK(context.copied_bytes() == 9 * 14 * 3);
  CHECK(packed(handed.array.const_view()) == packed(gathered(image).const_view()));
  context.allow_copies = false;
  require_error(ErrorCode::copy_required, "stored in 3 x 4 cells; a copy takes 378 bytes",
                [&] { (void)hand_off(image, consumers::numpy, context); });
  // Inside one cell nothing is copied.
  const GridImage inside = image.with_view(image.const_view().crop({4, 4}, {4, 4}), info_of(4, 4));
  CHECK(explain_handoff(inside, consumers::numpy).kind == HandoffKind::shared);
  CHECK(hand_off(inside, consumers::numpy, context).handoff.kind == HandoffKind::shared);
}

TEST_CASE("grid image: a file is written from cells as from rows") {
  const GridImage image = tiled(21, 14);
  const Image rows = gathered(image);
  for (const std::string_view format : {"PPM", "PNG", "TIFF"}) {
    const std::string_view name = format == "PPM" ? "PNM" : format;
    Bytes from_cells;
    Context context;
    const auto sink = Sink::memory(from_cells);
    encode(image, name, *sink, {}, context);
    CHECK(from_cells == encode_bytes(name, rows.info(), rows.const_view()));
    CHECK(context.scratch_bytes() >= 21 * 14 * 3);
    CHECK(context.copied_bytes() == 0);
  }
  SECTION("all rows at once") {
    Bytes interlaced;
    Context context;
    const auto sink = Sink::memory(interlaced);
    encode(image, "PNG", *sink, {.interlaced = true}, context);
    CHECK(interlaced == encode_bytes("PNG", rows.info(), rows.const_view(), {.interlaced = true}));
    CHECK(context.copied_bytes() == 21 * 14 * 3);
    Context strict;
    strict.allow_copies = false;
    const auto other = Sink::memory(interlaced);
    CHECK_THROWS_WITH(encode(image, "PNG", *other, {.interlaced = true}, strict),
                      Catch::Contains("lie in cells: a copy of 882 bytes would be needed"));
  }
  SECTION("rows that lie in one cell are read there") {
    const GridImage strip = image.with_view(image.const_view().crop({0, 4}, {21, 4}), info_of(21, 4));
    Bytes file;
    Context context;
    const auto sink = Sink::memory(file);
    const auto writer = make_writer("PNM", *sink, {});
    writer->start(strip.info(), context);
    writer->write_rows(strip.const_view(), context);
    writer->finish(context);
    const Image same = gathered(strip);
    Context plain;
    Bytes expected;
    const auto other = Sink::memory(expected);
    encode(same, "PNM", *other, {}, plain);
    CHECK(file == expected);
    CHECK(context.scratch_bytes() == plain.scratch_bytes());
  }
}

TEST_CASE("grid image: bands of more rows than fit the scratch memory") {
  // One row is 1.2 MB, so that bands of 4 MiB end inside cells of 4 rows.
  const GridImage image = tiled(10, 400000);
  const Image rows = gathered(image);
  Bytes file;
  Context context;
  const auto sink = Sink::memory(file);
  encode(image, "PNM", *sink, {}, context);
  CHECK(file == encode_bytes("PNM", rows.info(), rows.const_view()));
}

}  // namespace
