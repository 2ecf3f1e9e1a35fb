#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "graphics.hpp"
#include "noise.hpp"
#include "vec3.hpp"

namespace imgbuf::samples {

namespace {

constexpr std::ptrdiff_t side = 160;
constexpr int cells_a_side = 4;  ///< of a pixel, for smooth edges

/// Premultiplied.
struct Layer {
  Vec3 color;
  double alpha = 0;
};

Layer over(const Layer& top, const Layer& below) noexcept {
  return {top.color + below.color * (1 - top.alpha), top.alpha + below.alpha * (1 - top.alpha)};
}

/// The shadow on an imagined floor.
Layer shadow(double x, double y) noexcept {
  const double u = (x - 0.06) / 0.62;
  const double v = (y + 0.74) / 0.13;
  const double alpha = 0.55 * (1 - smooth_step(0.15, 1.0, std::sqrt(u * u + v * v)));
  return {Vec3{0.06, 0.05, 0.14} * alpha, alpha};
}

Layer planet(double x, double y) noexcept {
  constexpr double radius = 0.50;
  const double square = radius * radius - x * x - y * y;
  if (square <= 0) return {};
  const Vec3 normal{x / radius, y / radius, std::sqrt(square) / radius};
  const double latitude = 0.94 * normal.y + 0.34 * normal.x;
  const double swirl = 0.10 * fractal_noise(normal * 3.0 + Vec3{0, 4 * latitude, 0}, 4, 401);
  const double band = 0.5 + 0.5 * noise({0.5, (latitude + swirl) * 7.0, 0.5}, 402) / 0.6;
  const Vec3 surface = mix(Vec3{0.36, 0.16, 0.42}, Vec3{0.96, 0.66, 0.44}, clamp01(band));
  const Vec3 light = unit({-0.5, 0.6, 0.62});
  const double facing = std::max(dot(normal, light), 0.0);
  const double glint = raised(std::max(2 * facing * normal.z - light.z, 0.0), 5);
  const Vec3 color = surface * (0.16 + 1.02 * facing) + Vec3{0.5, 0.45, 0.4} * glint;
  return {{clamp01(color.x), clamp01(color.y), clamp01(color.z)}, 1};
}

/// The ring: bands that let more or less through. @param in_front  its nearer half, or the one behind the planet
Layer ring(double x, double y, bool in_front) noexcept {
  // In its own plane: turned by about 20 degrees and seen from above at a slant.
  const double u = 0.94 * x + 0.34 * y;
  const double v = (-0.34 * x + 0.94 * y) / 0.26;
  if ((v < 0) != in_front) return {};
  const double r = std::sqrt(u * u + v * v);
  if (r < 0.60 || r > 0.94) return {};
  const double bands = 0.55 + 0.45 * noise({r * 26.0, 0.5, 0.5}, 403) / 0.6;
  const double gap = smooth_step(0.006, 0.016, std::abs(r - 0.80));
  const double alpha = clamp01(bands) * gap * 0.85;
  const Vec3 color = mix(Vec3{0.98, 0.86, 0.62}, Vec3{0.62, 0.52, 0.66}, clamp01((r - 0.60) / 0.34));
  return {color * alpha, alpha};
}

Layer picture(double x, double y) noexcept {
  return over(ring(x, y, true), over(planet(x, y), over(ring(x, y, false), shadow(x, y))));
}

std::uint8_t to_u8(double v) noexcept {
  return static_cast<std::uint8_t>(clamp01(v) * 255 + 0.5);
}

}  // namespace

Image draw_sprite() {
  ImageInfo info;
  info.width = side;
  info.height = side;
  info.pixel = PixelFormat::of(ElementType::u8, ColorModel::rgb, true);
  Image image = Image::allocate(std::move(info), Arrangement::planes());
  const auto out = image.view().as<std::uint8_t>();
  constexpr double cells = static_cast<double>(side) * cells_a_side;
  for (std::ptrdiff_t y = 0; y < side; ++y) {
    for (std::ptrdiff_t x = 0; x < side; ++x) {
      Layer sum;
      for (int cell = 0; cell < cells_a_side * cells_a_side; ++cell) {
        const double u = static_cast<double>(x * cells_a_side + cell % cells_a_side) + 0.5;
        const double v = static_cast<double>(y * cells_a_side + cell / cells_a_side) + 0.5;
        const Layer layer = picture(2 * u / cells - 1, 1 - 2 * v / cells);
        sum = {sum.color + layer.color, sum.alpha + layer.alpha};
      }
      // Straight alpha: the colour is that of what is there, however little it is.
      const Vec3 color = sum.alpha > 0 ? sum.color * (1 / sum.alpha) : Vec3{};
      out(y, x, 0) = to_u8(color.x);
      out(y, x, 1) = to_u8(color.y);
      out(y, x, 2) = to_u8(color.z);
      out(y, x, 3) = to_u8(sum.alpha / (cells_a_side * cells_a_side));
    }
  }
  return image;
}

}  // namespace imgbuf::samples
