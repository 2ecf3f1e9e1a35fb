#pragma once

#include <cstddef>

#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

// Kernels for blocks of two operands, the destination first. Pointers and strides need no alignment.

/// Copies the elements of a block.
void copy_block(const Block& block, std::ptrdiff_t itemsize) noexcept;

/// The same; long runs go past the caches (copy_stream.hpp).
void stream_block(const Block& block, std::ptrdiff_t itemsize) noexcept;

/// Copies elements and reverses the bytes of each. @pre itemsize is 2, 4 or 8
void copy_block_swapped(const Block& block, std::ptrdiff_t itemsize) noexcept;

}  // namespace imgbuf::walk
