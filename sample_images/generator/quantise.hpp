#pragma once

#include <cstddef>

#include "imgbuf/image.hpp"

namespace imgbuf::samples {

/// A picture of at most `entries` colours: boxes of colours are cut in two at their middle (median cut), and what a
/// pixel loses is passed on to its neighbours (error diffusion after Floyd and Steinberg) when there is no alpha.
/// @param image      RGB or RGBA of 8 bits
/// @param entries    2 to 256
/// @param bit_depth  of the indices in the file; entries fit into it
[[nodiscard]] Image with_palette(const Image& image, std::size_t entries, int bit_depth);

/// Gray of 1, 2 or 4 bits, with error diffusion. @param image  gray of 8 bits
[[nodiscard]] Image with_gray_depth(const Image& image, int bit_depth);

}  // namespace imgbuf::samples
