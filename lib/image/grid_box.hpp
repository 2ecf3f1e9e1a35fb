#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "imgbuf/grid_view.hpp"
#include "imgbuf/inline_vector.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf::image {

/// Where the arithmetic of a box of a grid's view starts. What changes from box to box of one form.
struct BoxPlace {
  std::byte* origin = nullptr;
  InlineVector<std::ptrdiff_t, 2> pointer_offsets;
  std::uint32_t layout = 0;  ///< of the cell
};

/// @param starts  the first index of the box for each axis of the view
/// @pre the view is not empty
[[nodiscard]] BoxPlace place_of_box(const GridGeometry& geometry, std::span<const std::ptrdiff_t> starts);

/// The layout of a box in the view's axes, but for its pointer offsets, which `place_of_box` gives. The same for all
/// boxes of the same extents in cells of the same layout.
[[nodiscard]] Layout layout_of_box(const GridGeometry& geometry, std::uint32_t cell_layout,
                                   std::span<const std::ptrdiff_t> counts,
                                   std::span<const std::ptrdiff_t> pointer_offsets);

}  // namespace imgbuf::image
