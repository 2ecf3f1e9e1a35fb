#include "walk/copy_blocks.hpp"

#include <cstdint>
#include <cstring>

#include "walk/copy_stream.hpp"

namespace imgbuf::walk {

namespace {

/// Copies `count` groups of N bytes that lie at constant strides.
template <std::size_t N>
void copy_groups(std::byte* to, std::ptrdiff_t to_stride, const std::byte* from, std::ptrdiff_t from_stride,
                 std::ptrdiff_t count) noexcept {
  for (std::ptrdiff_t i = 0; i < count; ++i) std::memcpy(to + i * to_stride, from + i * from_stride, N);
}

using CopyGroups = void (*)(std::byte*, std::ptrdiff_t, const std::byte*, std::ptrdiff_t, std::ptrdiff_t) noexcept;

/// A loop for groups of a size known to the compiler, or null.
CopyGroups copy_groups_of(std::ptrdiff_t bytes) noexcept {
  switch (bytes) {
    case 1:
      return copy_groups<1>;
    case 2:
      return copy_groups<2>;
    case 3:
      return copy_groups<3>;
    case 4:
      return copy_groups<4>;
    case 5:
      return copy_groups<5>;
    case 6:
      return copy_groups<6>;
    case 8:
      return copy_groups<8>;
    case 10:
      return copy_groups<10>;
    case 12:
      return copy_groups<12>;
    case 16:
      return copy_groups<16>;
    default:
      return nullptr;
  }
}

std::uint16_t swapped(std::uint16_t v) noexcept {
  return __builtin_bswap16(v);
}
std::uint32_t swapped(std::uint32_t v) noexcept {
  return __builtin_bswap32(v);
}
std::uint64_t swapped(std::uint64_t v) noexcept {
  return __builtin_bswap64(v);
}

template <class Bits>
void copy_block_swapped_as(const Block& block) noexcept {
  for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
    std::byte* to = block.pointers[0] + r * block.row_byte_strides[0];
    const std::byte* from = block.pointers[1] + r * block.row_byte_strides[1];
    for (std::ptrdiff_t c = 0; c < block.columns; ++c) {
      Bits bits;
      std::memcpy(&bits, from + c * block.column_byte_strides[1], sizeof bits);
      bits = swapped(bits);
      std::memcpy(to + c * block.column_byte_strides[0], &bits, sizeof bits);
    }
  }
}

}  // namespace

void copy_block(const Block& block, std::ptrdiff_t itemsize) noexcept {
  std::byte* const to = block.pointers[0];
  const std::byte* const from = block.pointers[1];
  const std::ptrdiff_t to_row = block.row_byte_strides[0], from_row = block.row_byte_strides[1];
  if (block.unit_columns) {
    const std::ptrdiff_t row_bytes = block.columns * itemsize;
    if (const CopyGroups groups = copy_groups_of(row_bytes); groups && block.rows > 1)
      return groups(to, to_row, from, from_row, block.rows);  // short rows, such as the channels of flipped pixels
    for (std::ptrdiff_t r = 0; r < block.rows; ++r)
      std::memcpy(to + r * to_row, from + r * from_row, static_cast<std::size_t>(row_bytes));
    return;
  }
  const CopyGroups elements = copy_groups_of(itemsize);
  for (std::ptrdiff_t r = 0; r < block.rows; ++r)
    elements(to + r * to_row, block.column_byte_strides[0], from + r * from_row, block.column_byte_strides[1],
             block.columns);
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
  switch (itemsize) {
    case 2:
      return copy_block_swapped_as<std::uint16_t>(block);
    case 4:
      return copy_block_swapped_as<std::uint32_t>(block);
    default:
      return copy_block_swapped_as<std::uint64_t>(block);
  }
}

}  // namespace imgbuf::walk
