#pragma once

#include <cstddef>
#include <vector>

#include "imgbuf/image.hpp"
#include "vec3.hpp"

namespace imgbuf::samples {

/// Linear light, a colour a pixel, row after row.
struct Raster {
  Raster(std::ptrdiff_t width_, std::ptrdiff_t height_)
      : width(width_), height(height_), pixels(static_cast<std::size_t>(width_ * height_)) {}

  std::ptrdiff_t width;
  std::ptrdiff_t height;
  std::vector<Vec3> pixels;

  [[nodiscard]] Vec3& at(std::ptrdiff_t x, std::ptrdiff_t y) { return pixels[static_cast<std::size_t>(y * width + x)]; }
  [[nodiscard]] const Vec3& at(std::ptrdiff_t x, std::ptrdiff_t y) const {
    return pixels[static_cast<std::size_t>(y * width + x)];
  }
};

/// Renders the scene.
[[nodiscard]] Raster render_scene(std::ptrdiff_t width, std::ptrdiff_t height);

/// Half the size, each pixel the mean of four. @pre both sides are even
[[nodiscard]] Raster halved(const Raster& raster);

/// Light as a camera stores it: exposed, with a soft shoulder, in sRGB's curve, with the grain of a film.
/// @param type   u8 or u16
/// @param grain  standard height of the grain, of the whole range; 0 for none
[[nodiscard]] Image developed(const Raster& raster, ElementType type, double grain);

}  // namespace imgbuf::samples
