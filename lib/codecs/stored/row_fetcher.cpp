#include "codecs/stored/row_fetcher.hpp"

#include <algorithm>
#include <cstring>

namespace imgbuf::codecs {

RowFetcher::RowFetcher(const StoredPicture& picture, FileBytes& file)
    : picture_(picture), file_(file), end_tile_(picture.cells_across()) {}

void RowFetcher::want_columns(std::uint64_t first, std::uint64_t count) noexcept {
  first_tile_ = first / picture_.columns_per_cell;
  end_tile_ = (first + count - 1) / picture_.columns_per_cell + 1;
}

std::uint64_t RowFetcher::tile_bytes() const noexcept {
  const std::uint64_t rows = std::min(picture_.rows_per_cell, picture_.stored_height());
  return (rows - 1) * picture_.row_pitch_bytes + picture_.row_bytes(picture_.columns_per_cell);
}

std::uint64_t RowFetcher::held_bytes() const noexcept {
  std::uint64_t bytes = 0;
  if (picture_.unpack) bytes += picture_.row_bytes(picture_.stored_width());
  if (picture_.cells_across() > 1) bytes += tiles_across() * tile_bytes();
  return bytes;
}

std::uint64_t RowFetcher::rows_together(std::uint64_t row, std::uint64_t count) const noexcept {
  const bool is_dense = picture_.row_pitch_bytes == picture_.row_bytes(picture_.stored_width());
  if (picture_.unpack || picture_.open_bytes || picture_.cells_across() > 1 || !is_dense) return 1;
  return std::min(count, picture_.rows_per_cell - row % picture_.rows_per_cell);
}

void RowFetcher::fetch(std::uint64_t plane, std::uint64_t row, std::span<std::byte> out) {
  if (!picture_.unpack) {
    fetch_stored(plane, row, out);
    return;
  }
  stored_.resize(picture_.row_bytes(picture_.stored_width()));
  fetch_stored(plane, row, stored_);
  picture_.unpack(stored_, out);
}

void RowFetcher::fetch_stored(std::uint64_t plane, std::uint64_t row, std::span<std::byte> out) {
  if (picture_.cells_across() == 1) {
    read(picture_.row_offset(plane, row, 0), out);
    return;
  }
  hold_tiles(plane, row / picture_.rows_per_cell);
  const std::uint64_t piece = picture_.row_bytes(picture_.columns_per_cell);
  std::uint64_t from = row % picture_.rows_per_cell * picture_.row_pitch_bytes;
  const std::uint64_t end = std::min<std::uint64_t>(end_tile_ * piece, out.size());
  std::uint64_t across = first_tile_;
  for (std::uint64_t at = first_tile_ * piece; at < end; at += piece, ++across) {
    const std::uint64_t bytes = std::min(piece, end - at);
    if (tile_offset(plane, row / picture_.rows_per_cell, across) == StoredPicture::not_stored) {
      std::memset(out.data() + at, 0, bytes);
      continue;
    }
    std::memcpy(out.data() + at, tiles_.data() + from, bytes);
    from += tile_bytes();
  }
}

std::uint64_t RowFetcher::tile_offset(std::uint64_t plane, std::uint64_t down, std::uint64_t across) const {
  return picture_.row_offset(plane, down * picture_.rows_per_cell, across);
}

void RowFetcher::hold_tiles(std::uint64_t plane, std::uint64_t down) {
  if (!tiles_.empty() && tiles_plane_ == plane && tiles_down_ == down) return;
  std::uint64_t held = 0;
  for (std::uint64_t across = first_tile_; across < end_tile_; ++across) {
    const std::uint64_t offset = tile_offset(plane, down, across);
    if (offset == StoredPicture::not_stored) continue;
    const std::uint64_t begin = held++ * tile_bytes();
    if (tiles_.size() < held * tile_bytes()) tiles_.resize(held * tile_bytes());
    file_.read_at(offset, std::span(tiles_).subspan(begin, picture_.used_bytes(down, across)));
  }
  tiles_plane_ = plane;
  tiles_down_ = down;
}

void RowFetcher::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset == StoredPicture::not_stored)
    std::fill(out.begin(), out.end(), std::byte{0});
  else
    file_.read_at(offset, out);
}

}  // namespace imgbuf::codecs
