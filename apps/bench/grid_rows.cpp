#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "imgbuf/grid_image.hpp"
#include "imgbuf/walk.hpp"
#include "row.hpp"

namespace imgbuf::bench {

namespace {

/// What a copy from tiles may cost, as a ratio to the loop by hand over the rows of the tiles.
constexpr double tiles_target = 1.05;

constexpr std::ptrdiff_t side = 256;

/// A picture in tiles that lie one after the other, and the same picture in rows.
struct Work {
  GridImage tiles;
  Image rows;

  [[nodiscard]] std::vector<std::byte> take() const {
    std::byte* const first = rows.view().origin();
    std::vector<std::byte> bytes(first, first + rows.info().pixel_bytes());
    std::memset(first, 0, bytes.size());
    return bytes;
  }
};

std::shared_ptr<Work> make_work(const Image& pixels) {
  const ImageInfo& info = pixels.info();
  const std::ptrdiff_t channels = info.channels(), tile_bytes = side * side * channels;
  const std::ptrdiff_t count = ((info.height - 1) / side + 1) * ((info.width - 1) / side + 1);
  const Segment memory = allocate_segment(static_cast<std::size_t>(count * tile_bytes));
  std::vector<Cell> cells;
  for (std::ptrdiff_t t = 0; t < count; ++t) cells.push_back({memory.data + t * tile_bytes, 0});
  const Layout full{{side, side * channels, 0}, {side, channels, 0}, {channels, 1, 0}};
  const std::ptrdiff_t shape[] = {info.height, info.width, channels}, tile_shape[] = {side, side, channels};
  GridImage tiles =
      GridImage::over(Storage({memory}), Grid::uniform(shape, tile_shape, {&full, 1}, std::move(cells)), info);
  copy(tiles.view(), pixels.const_view(), Context());
  Image rows = copy_of(tiles, {}, Context());
  return std::make_shared<Work>(Work{std::move(tiles), std::move(rows)});
}

void copy_by_hand(const GridImage& tiles, const Image& rows) {
  const ImageInfo& info = rows.info();
  const std::ptrdiff_t channels = info.channels(), pitch = info.row_bytes();
  const Cell* tile = tiles.const_view().geometry().grid()->cells().data();
  for (std::ptrdiff_t y = 0; y < info.height; y += side)
    for (std::ptrdiff_t x = 0; x < info.width; x += side, ++tile) {
      const auto bytes = static_cast<std::size_t>(std::min(side, info.width - x) * channels);
      std::byte* const to = rows.view().origin() + y * pitch + x * channels;
      for (std::ptrdiff_t r = 0; r < std::min(side, info.height - y); ++r)
        std::memcpy(to + r * pitch, tile->origin + r * side * channels, bytes);
    }
}

}  // namespace

void add_grid_rows(std::vector<Row>& rows) {
  rows.push_back({.name = "copy_grid/tiles:256_to_contiguous",
                  .prepare = [](const Picture& picture) -> Sides {
                    const std::shared_ptr<Work> work = make_work(picture.pixels);
                    return {.subject = [work] { copy(work->rows.view(), work->tiles.const_view(), Context()); },
                            .limit = [work] { copy_by_hand(work->tiles, work->rows); },
                            .take_result = [work] { return work->take(); }};
                  },
                  .target = tiles_target});
}

}  // namespace imgbuf::bench
