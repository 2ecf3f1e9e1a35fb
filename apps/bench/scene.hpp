#pragma once

#include <cstddef>

#include "imgbuf/image.hpp"

namespace imgbuf::bench {

/// A picture that costs a codec about what a photograph costs it: a lit landscape of smooth noise, things with edges in
/// front of it, and a sensor's noise on all. RGB, 8 bits, behind row pointers; the same on every machine (integer
/// arithmetic throughout). As PNG it takes about 1.5 bytes a pixel.
[[nodiscard]] Image render_scene(std::ptrdiff_t width, std::ptrdiff_t height);

}  // namespace imgbuf::bench
