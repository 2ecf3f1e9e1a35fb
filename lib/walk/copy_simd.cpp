// Compiled once for each instruction set (lib/CMakeLists.txt), with its flags and IMGBUF_SIMD_TARGET. What has external
// linkage here may be what the linker keeps for the whole program: so only the table has, and no template or inline
// function of another header than Highway's is used, whose functions are in a namespace a target or always inlined.

#define HWY_COMPILE_ONLY_STATIC
#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "walk/copy_kernels.hpp"

#define IMGBUF_CONCATENATED(a, b) a##b
#define IMGBUF_NAME(prefix, target) IMGBUF_CONCATENATED(prefix, target)

static_assert(HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128, "the file's flags select no instruction set");

namespace imgbuf::walk {

namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <std::size_t N, class T>
HWY_INLINE void interleave_vectors(const T* const* from, std::ptrdiff_t i, T* to) {
  const hn::ScalableTag<T> d;
  if constexpr (N == 2)
    hn::StoreInterleaved2(hn::LoadU(d, from[0] + i), hn::LoadU(d, from[1] + i), d, to + i * std::ptrdiff_t{N});
  else if constexpr (N == 3)
    hn::StoreInterleaved3(hn::LoadU(d, from[0] + i), hn::LoadU(d, from[1] + i), hn::LoadU(d, from[2] + i), d,
                          to + i * std::ptrdiff_t{N});
  else
    hn::StoreInterleaved4(hn::LoadU(d, from[0] + i), hn::LoadU(d, from[1] + i), hn::LoadU(d, from[2] + i),
                          hn::LoadU(d, from[3] + i), d, to + i * std::ptrdiff_t{N});
}

template <std::size_t N, class T>
HWY_INLINE void deinterleave_vectors(const T* from, std::ptrdiff_t i, T* const* to) {
  const hn::ScalableTag<T> d;
  hn::Vec<hn::ScalableTag<T>> a, b, c, e;
  if constexpr (N == 2)
    hn::LoadInterleaved2(d, from + i * std::ptrdiff_t{N}, a, b);
  else if constexpr (N == 3)
    hn::LoadInterleaved3(d, from + i * std::ptrdiff_t{N}, a, b, c);
  else
    hn::LoadInterleaved4(d, from + i * std::ptrdiff_t{N}, a, b, c, e);
  hn::StoreU(a, d, to[0] + i);
  hn::StoreU(b, d, to[1] + i);
  if constexpr (N >= 3) hn::StoreU(c, d, to[2] + i);
  if constexpr (N >= 4) hn::StoreU(e, d, to[3] + i);
}

// The last items are a vector that ends with the last, which repeats what the one before has done.

template <std::size_t N, class T>
void interleave(std::byte* to, const std::byte* const* from, std::ptrdiff_t count) {
  constexpr std::ptrdiff_t n = N, bytes = sizeof(T);
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(hn::ScalableTag<T>()));
  if (count < lanes) {
    for (std::ptrdiff_t i = 0; i < count; ++i)
      for (std::size_t c = 0; c < N; ++c)
        std::memcpy(to + (i * n + static_cast<std::ptrdiff_t>(c)) * bytes, from[c] + i * bytes, sizeof(T));
    return;
  }
  const T* planes[N];
  for (std::size_t c = 0; c < N; ++c) planes[c] = reinterpret_cast<const T*>(from[c]);
  auto* const pixels = reinterpret_cast<T*>(to);
  std::ptrdiff_t i = 0;
  for (; i + lanes <= count; i += lanes) interleave_vectors<N>(planes, i, pixels);
  if (i < count) interleave_vectors<N>(planes, count - lanes, pixels);
}

template <std::size_t N, class T>
void deinterleave(std::byte* const* to, const std::byte* from, std::ptrdiff_t count) {
  constexpr std::ptrdiff_t n = N, bytes = sizeof(T);
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(hn::ScalableTag<T>()));
  if (count < lanes) {
    for (std::ptrdiff_t i = 0; i < count; ++i)
      for (std::size_t c = 0; c < N; ++c)
        std::memcpy(to[c] + i * bytes, from + (i * n + static_cast<std::ptrdiff_t>(c)) * bytes, sizeof(T));
    return;
  }
  T* planes[N];
  for (std::size_t c = 0; c < N; ++c) planes[c] = reinterpret_cast<T*>(to[c]);
  const auto* const pixels = reinterpret_cast<const T*>(from);
  std::ptrdiff_t i = 0;
  for (; i + lanes <= count; i += lanes) deinterleave_vectors<N>(pixels, i, planes);
  if (i < count) deinterleave_vectors<N>(pixels, count - lanes, planes);
}

/// Items [i_begin, i_end) x [j_begin, j_end) of a tile, one by one; the indices count from the tile's first.
template <std::ptrdiff_t Bytes>
void transpose_items(const TransposeTile& tile, std::ptrdiff_t i_begin, std::ptrdiff_t i_end, std::ptrdiff_t j_begin,
                     std::ptrdiff_t j_end) {
  for (std::ptrdiff_t i = i_begin; i < i_end; ++i)
    for (std::ptrdiff_t j = j_begin; j < j_end; ++j)
      std::memcpy(tile.to_rows[i] + (tile.j_begin + j) * Bytes, tile.from_rows[j] + (tile.i_begin + i) * Bytes, Bytes);
}

/// Transposes N vectors of N items. Interleaving the first half of the vectors with the second moves one bit of the
/// vector's number into the item's; after all bits have moved, the two have changed places.
template <class T, std::size_t N>
HWY_INLINE void transpose_vectors(hn::Vec<hn::Full128<T>> (&rows)[N]) {
  const hn::Full128<T> d;
  for (std::size_t step = 1; step < N; step *= 2) {
    hn::Vec<hn::Full128<T>> next[N];
    for (std::size_t k = 0; k < N / 2; ++k) {
      next[2 * k] = hn::InterleaveLower(d, rows[k], rows[k + N / 2]);
      next[2 * k + 1] = hn::InterleaveUpper(d, rows[k], rows[k + N / 2]);
    }
    for (std::size_t k = 0; k < N; ++k) rows[k] = next[k];
  }
}

template <class T>
void transpose(const TransposeTile& tile) {
  constexpr std::ptrdiff_t bytes = sizeof(T), n = 16 / bytes;
  const hn::Full128<T> d;
  std::byte* const* const to_rows = tile.to_rows;
  const std::byte* const* const from_rows = tile.from_rows;
  const std::ptrdiff_t rows = tile.i_end - tile.i_begin, columns = tile.j_end - tile.j_begin;
  std::ptrdiff_t i = 0;
  for (; i + n <= rows; i += n) {
    const std::ptrdiff_t from_offset = (tile.i_begin + i) * bytes;
    std::ptrdiff_t j = 0, to_offset = tile.j_begin * bytes;
    for (; j + n <= columns; j += n, to_offset += n * bytes) {
      hn::Vec<hn::Full128<T>> block[std::size_t{n}];
      for (std::ptrdiff_t k = 0; k < n; ++k)
        block[k] = hn::LoadU(d, reinterpret_cast<const T*>(from_rows[j + k] + from_offset));
      transpose_vectors<T>(block);
      for (std::ptrdiff_t k = 0; k < n; ++k) hn::StoreU(block[k], d, reinterpret_cast<T*>(to_rows[i + k] + to_offset));
    }
    transpose_items<bytes>(tile, i, i + n, j, columns);
  }
  transpose_items<bytes>(tile, i, rows, 0, columns);
}

/// Items of three bytes go as four of four. A vector reads and writes up to the sixth item of a row.
void transpose_triples(const TransposeTile& tile) {
  constexpr std::ptrdiff_t bytes = 3, n = 4, touched = 6;
  HWY_ALIGN static constexpr std::uint8_t widen[16] = {0, 1, 2, 128, 3, 4, 5, 128, 6, 7, 8, 128, 9, 10, 11, 128};
  HWY_ALIGN static constexpr std::uint8_t narrow[16] = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 128, 128, 128, 128};
  const hn::Full128<std::uint8_t> d;
  const hn::Full128<std::uint32_t> d32;
  const auto to_four = hn::Load(d, widen), to_three = hn::Load(d, narrow);
  std::byte* const* const to_rows = tile.to_rows;
  const std::byte* const* const from_rows = tile.from_rows;
  const std::ptrdiff_t rows = tile.i_end - tile.i_begin, columns = tile.j_end - tile.j_begin;
  const std::ptrdiff_t rows_readable = tile.i_count - tile.i_begin, columns_writable = tile.j_count - tile.j_begin;
  std::ptrdiff_t i = 0;
  for (; i + n <= rows && i + touched <= rows_readable; i += n) {
    const std::ptrdiff_t from_offset = (tile.i_begin + i) * bytes;
    std::ptrdiff_t j = 0, to_offset = tile.j_begin * bytes;
    for (; j + n <= columns && j + touched <= columns_writable; j += n, to_offset += n * bytes) {
      hn::Vec<hn::Full128<std::uint32_t>> block[std::size_t{n}];
      for (std::ptrdiff_t k = 0; k < n; ++k) {
        const auto* const from = reinterpret_cast<const std::uint8_t*>(from_rows[j + k] + from_offset);
        block[k] = hn::BitCast(d32, hn::TableLookupBytes(hn::LoadU(d, from), to_four));
      }
      transpose_vectors<std::uint32_t>(block);
      for (std::ptrdiff_t k = 0; k < n; ++k) {
        auto* const to = reinterpret_cast<std::uint8_t*>(to_rows[i + k] + to_offset);
        hn::StoreU(hn::TableLookupBytes(hn::BitCast(d, block[k]), to_three), d, to);
      }
    }
    transpose_items<bytes>(tile, i, i + n, j, columns);
  }
  transpose_items<bytes>(tile, i, rows, 0, columns);
}

}  // namespace

#define IMGBUF_FOR_ITEMSIZES(kernel, n) \
  { kernel<n, std::uint8_t>, kernel<n, std::uint16_t>, kernel<n, std::uint32_t> }
#define IMGBUF_FOR_CHANNELS(kernel) \
  { IMGBUF_FOR_ITEMSIZES(kernel, 2), IMGBUF_FOR_ITEMSIZES(kernel, 3), IMGBUF_FOR_ITEMSIZES(kernel, 4) }

const CopyKernels IMGBUF_NAME(copy_kernels_, IMGBUF_SIMD_TARGET) = {
    IMGBUF_FOR_CHANNELS(interleave),
    IMGBUF_FOR_CHANNELS(deinterleave),
    {transpose<std::uint8_t>, transpose<std::uint16_t>, transpose_triples, transpose<std::uint32_t>, nullptr, nullptr,
     nullptr, transpose<std::uint64_t>},
};

}  // namespace imgbuf::walk
