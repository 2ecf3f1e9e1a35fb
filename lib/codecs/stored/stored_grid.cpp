#include "codecs/stored/stored_grid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "codecs/stored/stored_view.hpp"

namespace imgbuf::codecs {

namespace {

/// An element of any type that is 0. Nobody writes it: the image that reaches it is read-only.
alignas(8) constexpr std::array<std::byte, 8> zero{};

}  // namespace

bool needs_grid(const StoredPicture& picture) noexcept {
  return picture.cells_across() > 1;
}

GridImage grid_in_file(const StoredPicture& picture, const Segment& file) {
  require_all_of(picture, file);
  const ImageInfo& info = picture.info;
  const std::ptrdiff_t shape[] = {info.height, info.width, info.channels()};
  const auto at_most = [](std::ptrdiff_t extent, std::uint64_t of_cell) {
    return static_cast<std::ptrdiff_t>(std::min(static_cast<std::uint64_t>(extent), of_cell));
  };
  const std::ptrdiff_t cell_shape[] = {at_most(info.height, picture.rows_per_cell),
                                       at_most(info.width, picture.columns_per_cell),
                                       picture.planar ? 1 : info.channels()};
  const RowStrides in_row = row_strides(picture);
  const auto pitch = static_cast<std::ptrdiff_t>(picture.row_pitch_bytes);
  const std::array<Layout, 2> layouts{
      Layout{{cell_shape[0], pitch, 0}, {cell_shape[1], in_row.column, 0}, {cell_shape[2], in_row.channel, 0}},
      Layout{{cell_shape[0], 0, 0}, {cell_shape[1], 0, 0}, {cell_shape[2], 0, 0}}};

  const std::uint64_t down = picture.cells_down(), across = picture.cells_across();
  const int planes = picture.planar ? info.channels() : 1;
  std::vector<Cell> cells;
  cells.reserve(static_cast<std::size_t>(down * across) * static_cast<std::size_t>(planes));
  for (std::uint64_t y = 0; y < down; ++y)
    for (std::uint64_t x = 0; x < across; ++x)
      for (int p = 0; p < planes; ++p) {
        const auto plane = static_cast<std::uint64_t>(picture.planar ? picture.stored_channel(p) : 0);
        const std::uint64_t offset = picture.cell_offsets[(plane * down + y) * across + x];
        if (offset == StoredPicture::not_stored)
          cells.push_back({const_cast<std::byte*>(zero.data()), 1});
        else
          cells.push_back({file.data + offset + in_row.first, 0});
      }
  const Segment zeros{const_cast<std::byte*>(zero.data()), zero.size(), Access::read_only, {}};
  return GridImage::over(Storage({file, zeros}), Grid::uniform(shape, cell_shape, layouts, std::move(cells)), info);
}

}  // namespace imgbuf::codecs
