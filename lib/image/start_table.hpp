#pragma once

#include <cstddef>
#include <vector>

#include "imgbuf/layout.hpp"

namespace imgbuf::image {

/// Where a level's arithmetic starts for every index of the axes above it: the pointer tables of all levels before,
/// multiplied out. An axis of stride 0 has one start for all its indices.
struct StartTable {
  struct TableAxis {
    int axis;                ///< its place in the layout
    std::ptrdiff_t extent;   ///< the layout's, but 1 for a stride of 0: a repeated pointer is read once
    std::ptrdiff_t entries;  ///< in `starts`, from one index to the next
  };
  std::vector<TableAxis> axes;     ///< those of the levels before, outermost level first, then in logical order
  std::vector<std::byte*> starts;  ///< in C order of `axes`; empty when the layout is
};

/// Reads the pointers of a trusted layout for the starts of `level`.
/// @throws Error{limit_exceeded} for more than 2^28 of them; `std::bad_alloc`
[[nodiscard]] StartTable read_starts(const Layout& layout, std::byte* origin, int level);

}  // namespace imgbuf::image
