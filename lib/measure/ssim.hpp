#pragma once

#include <cstddef>

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::measure {

/// The sum of the structural similarities of all windows of two channels whose first row is one of [first, first +
/// count) and which lie inside; formula and constants stand at `compare`. A window's rows rotate through a ring, so
/// that few rows are held.
/// @param a, b  shape (height, width), of one element type; first + count <= height - 10, width >= 11
/// @throws as `walk_blocks`
[[nodiscard]] double ssim_sum(const AnyConstView& a, const AnyConstView& b, std::ptrdiff_t first, std::ptrdiff_t count,
                              double peak, const Context& context);

}  // namespace imgbuf::measure
