#pragma once

#include "imgbuf/image.hpp"

namespace imgbuf::samples {

/// A drawing of few colours with text, hard edges and flat areas: the arrangements of an image in memory.
[[nodiscard]] Image draw_arrangements();

/// A planet with a ring and a soft shadow on nothing: RGBA with every amount of transparency.
[[nodiscard]] Image draw_sprite();

/// Shapes on magenta, which is declared transparent (PNG's tRNS).
[[nodiscard]] Image draw_color_key();

/// One pixel.
[[nodiscard]] Image draw_pixel();

}  // namespace imgbuf::samples
