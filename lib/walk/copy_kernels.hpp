#pragma once

// Included by files that are compiled for several instruction sets: nothing here may make code.

#include <cstddef>

namespace imgbuf::walk {

/// Part of a transposition: items (i, j) for i in [i_begin, i_end) and j in [j_begin, j_end), from
/// from_rows[j - j_begin] + i * from_stride to to_rows[i - i_begin] + j * to_stride.
///
/// The tiles of one destination row come with rising j and on one thread: a kernel may overwrite items after its own up
/// to j_count, and may read items of a source row up to i_count.
struct TransposeTile {
  std::byte* const* to_rows = nullptr;
  const std::byte* const* from_rows = nullptr;
  std::ptrdiff_t to_stride = 0;  ///< bytes
  std::ptrdiff_t from_stride = 0;
  std::ptrdiff_t i_begin = 0, i_end = 0, i_count = 0;
  std::ptrdiff_t j_begin = 0, j_end = 0, j_count = 0;
};

/// The kernels of copies, in one instruction set. They take pointers of any alignment, and touch nothing but the items
/// that they are asked for.
struct CopyKernels {
  /// Pixels of N channels from N runs: to[(i * N + c) * itemsize] = from[c][i * itemsize], for i < count.
  using Interleave = void (*)(std::byte* to, const std::byte* const* from, std::ptrdiff_t count);
  /// The opposite.
  using Deinterleave = void (*)(std::byte* const* to, const std::byte* from, std::ptrdiff_t count);
  /// @pre both strides are the size of the item
  using Transpose = void (*)(const TransposeTile& tile);

  Interleave interleave[3][3];      ///< [N - 2][itemsize 1, 2, 4]
  Deinterleave deinterleave[3][3];  ///< the same
  Transpose transpose[8];           ///< [bytes of an item - 1]; null where there is none
};

extern const CopyKernels copy_kernels_native;
extern const CopyKernels copy_kernels_ssse3;
extern const CopyKernels copy_kernels_avx2;

/// Those of the target in use, or null when it is `plain`.
[[nodiscard]] const CopyKernels* copy_kernels() noexcept;

}  // namespace imgbuf::walk
