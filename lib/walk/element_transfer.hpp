#pragma once

#include <cstddef>

#include "imgbuf/format.hpp"

namespace imgbuf::walk {

/// Moves `count` elements of `itemsize` bytes from constant strides to constant strides.
using Move = void (*)(std::byte* to, std::ptrdiff_t to_byte_stride, const std::byte* from,
                      std::ptrdiff_t from_byte_stride, std::ptrdiff_t count, std::ptrdiff_t itemsize) noexcept;

/// As they are; `reverse_bytes` for items of 2, 4 or 8 bytes turns each one round.
[[nodiscard]] Move move_items(std::ptrdiff_t itemsize, bool reverse_bytes) noexcept;

/// Converts `count` native elements that are packed and aligned; the rule stands at `seen_as`.
using Convert = void (*)(std::byte* to, const std::byte* from, std::ptrdiff_t count) noexcept;

/// Null when the types are the same. @pre to != f16 or from != f16
[[nodiscard]] Convert conversion(ElementType to, ElementType from) noexcept;

}  // namespace imgbuf::walk
