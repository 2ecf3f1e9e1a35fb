#include "codecs/stored/stored_picture.hpp"

#include <algorithm>
#include <limits>

#include "imgbuf/error.hpp"

namespace imgbuf::codecs {

namespace {

/// Offsets and sizes stay where both signed and unsigned 64 bits hold them.
constexpr std::uint64_t most_bytes = std::numeric_limits<std::int64_t>::max();

constexpr std::uint64_t quotient_up(std::uint64_t a, std::uint64_t b) noexcept {
  return a / b + (a % b != 0);
}

[[noreturn]] void refuse_size() {
  throw Error(ErrorCode::corrupt_data, "offsets or sizes are larger than any file");
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > most_bytes) refuse_size();
  return result;
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_add_overflow(a, b, &result) || result > most_bytes) refuse_size();
  return result;
}

/// Strips that are as far apart as their rows are one cell.
void merge_strips(StoredPicture& picture) {
  const std::uint64_t down = picture.cells_down();
  if (down == 1 || picture.cells_across() != 1 || !picture.is_all_stored()) return;
  const std::uint64_t strip_bytes = product(picture.rows_per_cell, picture.row_pitch_bytes);
  for (std::uint64_t p = 0; p < picture.planes(); ++p)
    for (std::uint64_t s = 1; s < down; ++s)
      if (picture.cell_offsets[p * down + s] != sum(picture.cell_offsets[p * down + s - 1], strip_bytes)) return;
  for (std::uint64_t p = 0; p < picture.planes(); ++p) picture.cell_offsets[p] = picture.cell_offsets[p * down];
  picture.cell_offsets.resize(picture.planes());
  picture.rows_per_cell = picture.stored_height();
}

}  // namespace

std::uint64_t StoredPicture::stored_width() const noexcept {
  return static_cast<std::uint64_t>(by_columns ? info.height : info.width);
}

std::uint64_t StoredPicture::stored_height() const noexcept {
  return static_cast<std::uint64_t>(by_columns ? info.width : info.height);
}

std::uint64_t StoredPicture::planes() const noexcept {
  return planar ? static_cast<std::uint64_t>(stored_channels) : 1;
}

std::uint64_t StoredPicture::channels_per_plane() const noexcept {
  return planar ? 1 : static_cast<std::uint64_t>(stored_channels);
}

std::uint64_t StoredPicture::cells_across() const noexcept {
  return quotient_up(stored_width(), columns_per_cell);
}

std::uint64_t StoredPicture::cells_down() const noexcept {
  return quotient_up(stored_height(), rows_per_cell);
}

std::uint64_t StoredPicture::row_bytes(std::uint64_t columns) const noexcept {
  return quotient_up(columns * bits_per_pixel, 8);
}

int StoredPicture::stored_channel(int channel) const noexcept {
  return channel_at.empty() ? channel : channel_at[static_cast<std::size_t>(channel)];
}

std::uint64_t StoredPicture::row_offset(std::uint64_t plane, std::uint64_t row, std::uint64_t cell) const noexcept {
  const std::uint64_t index = (plane * cells_down() + row / rows_per_cell) * cells_across() + cell;
  const std::uint64_t offset = cell_offsets[index];
  return offset == not_stored ? not_stored : offset + row % rows_per_cell * row_pitch_bytes;
}

std::uint64_t StoredPicture::used_bytes(std::uint64_t down, std::uint64_t across) const noexcept {
  const std::uint64_t rows = std::min(rows_per_cell, stored_height() - down * rows_per_cell);
  const std::uint64_t columns = std::min(columns_per_cell, stored_width() - across * columns_per_cell);
  return (rows - 1) * row_pitch_bytes + row_bytes(columns);
}

bool StoredPicture::is_all_stored() const noexcept {
  return std::find(cell_offsets.begin(), cell_offsets.end(), not_stored) == cell_offsets.end();
}

bool StoredPicture::goes_ahead() const noexcept {
  return !bottom_up && !by_columns && cell_offsets.size() == 1;
}

void complete(StoredPicture& picture) {
  // With 64 bits an element, so that everything smaller fits too, the unpacked elements among it.
  const std::uint64_t most_pixel_bytes = product(static_cast<std::uint64_t>(picture.stored_channels), 8);
  (void)product(product(picture.stored_width(), picture.stored_height()), most_pixel_bytes);
  (void)product(picture.columns_per_cell, most_pixel_bytes);
  (void)product(picture.rows_per_cell, picture.row_pitch_bytes);
  merge_strips(picture);
  for (std::uint64_t p = 0; p < picture.planes(); ++p)
    for (std::uint64_t d = 0; d < picture.cells_down(); ++d)
      for (std::uint64_t a = 0; a < picture.cells_across(); ++a)
        if (const std::uint64_t offset = picture.row_offset(p, d * picture.rows_per_cell, a);
            offset != StoredPicture::not_stored)
          (void)sum(offset, picture.used_bytes(d, a));
}

std::uint64_t stored_end(const StoredPicture& picture) noexcept {
  std::uint64_t end = 0;
  for (std::uint64_t p = 0; p < picture.planes(); ++p)
    for (std::uint64_t d = 0; d < picture.cells_down(); ++d)
      for (std::uint64_t a = 0; a < picture.cells_across(); ++a)
        if (const std::uint64_t offset = picture.row_offset(p, d * picture.rows_per_cell, a);
            offset != StoredPicture::not_stored)
          end = std::max(end, offset + picture.used_bytes(d, a));
  return end;
}

bool is_scattered(const StoredPicture& picture, const Region& region) noexcept {
  constexpr std::uint64_t least_gap_bytes = std::uint64_t{64} << 10;
  const auto columns = static_cast<std::uint64_t>(picture.by_columns ? region.height : region.width);
  return 2 * picture.row_bytes(columns) + least_gap_bytes < picture.row_pitch_bytes;
}

}  // namespace imgbuf::codecs
