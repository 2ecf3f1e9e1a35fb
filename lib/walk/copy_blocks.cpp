#include "walk/copy_blocks.hpp"

#include "walk/copy_stream.hpp"
#include "walk/element_transfer.hpp"

namespace imgbuf::walk {

void copy_block(const Block& block, std::ptrdiff_t itemsize) noexcept {
  std::byte* const to = block.pointers[0];
  const std::byte* const from = block.pointers[1];
  const std::ptrdiff_t to_row = block.row_byte_strides[0], from_row = block.row_byte_strides[1];
  constexpr std::ptrdiff_t short_row_bytes = 16;  // such as the channels of flipped pixels
  const std::ptrdiff_t row_bytes = block.columns * itemsize;
  if (block.unit_columns && row_bytes <= short_row_bytes)
    return move_items(row_bytes, false)(to, to_row, from, from_row, block.rows, row_bytes);
  const Move move = move_items(itemsize, false);
  for (std::ptrdiff_t r = 0; r < block.rows; ++r)
    move(to + r * to_row, block.column_byte_strides[0], from + r * from_row, block.column_byte_strides[1],
         block.columns, itemsize);
}

void stream_block(const Block& block, std::ptrdiff_t itemsize) noexcept {
  constexpr std::ptrdiff_t fewest_bytes = 512;  // of shorter rows, too much lies in lines that are not written whole
  const std::ptrdiff_t row_bytes = block.columns * itemsize;
  if (!block.unit_columns || row_bytes < fewest_bytes) return copy_block(block, itemsize);
  for (std::ptrdiff_t r = 0; r < block.rows; ++r)
    stream_bytes(block.pointers[0] + r * block.row_byte_strides[0], block.pointers[1] + r * block.row_byte_strides[1],
                 row_bytes);
}

void copy_block_swapped(const Block& block, std::ptrdiff_t itemsize) noexcept {
  const Move move = move_items(itemsize, true);
  for (std::ptrdiff_t r = 0; r < block.rows; ++r)
    move(block.pointers[0] + r * block.row_byte_strides[0], block.column_byte_strides[0],
         block.pointers[1] + r * block.row_byte_strides[1], block.column_byte_strides[1], block.columns, itemsize);
}

}  // namespace imgbuf::walk
