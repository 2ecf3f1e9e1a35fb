#pragma once

#include "imgbuf/format.hpp"
#include "pixel/step.hpp"

namespace imgbuf::pixel {

// Kernels on samples that use the whole of a working type: u8, u16, f32 or f64. Alpha, where there is one, is the last
// channel.

/// (C, M, Y, K) to (R, G, B).
[[nodiscard]] RowKernel cmyk_to_rgb(ElementType type, bool alpha);
/// Gray three times.
[[nodiscard]] RowKernel gray_to_rgb(ElementType type, bool alpha);
[[nodiscard]] RowKernel rgb_to_gray(ElementType type, bool alpha);
/// Drops alpha. Reads params.background.
/// @param colors  channels without alpha: 1 or 3
[[nodiscard]] RowKernel composite(ElementType type, int colors);
/// @param colors  channels without alpha: 1, 3 or 4
[[nodiscard]] RowKernel add_opaque_alpha(ElementType type, int colors);

/// Adds alpha: 0 where all samples are params.transparent, else params.max_in. For u8 and u16 of any depth.
/// @param colors  1 or 3
[[nodiscard]] RowKernel transparent_color_to_alpha(ElementType type, int colors);

}  // namespace imgbuf::pixel
