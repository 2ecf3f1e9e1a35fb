#pragma once

#include <cstddef>
#include <span>

#include "pixel/step.hpp"

namespace imgbuf::pixel {

/// A step from one u8 to the pixel that a table has for it.
/// @param pixels  256 packed pixels, one for each value: gray, gray+alpha, rgb or rgba of any element type
[[nodiscard]] Step lookup_step(std::span<const std::byte> pixels);

}  // namespace imgbuf::pixel
