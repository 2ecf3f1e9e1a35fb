#include "materials.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "noise.hpp"

namespace imgbuf::samples {

namespace {

/// Thin dark lines that wander through stone: where slow noise crosses 0.
double vein(const Vec3& p, std::uint64_t seed) noexcept {
  const double field = fractal_noise(p, 5, seed);
  return 1.0 - smooth_step(0.0, 0.07, std::abs(field));
}

Surface banded(const Vec3& local) noexcept {
  // Rows of glaze, slightly uneven as from a brush.
  const double wobble = 0.035 * noise(local * 5.0, 301) + 0.012 * noise(local * 23.0, 302);
  const double band = (local.y * 0.95 + local.x * 0.30 + wobble) * 5.0;
  const auto index = static_cast<std::int64_t>(std::floor(band));
  const double within = band - std::floor(band);
  static constexpr Vec3 glazes[] = {{0.80, 0.10, 0.05}, {0.86, 0.80, 0.66}, {0.02, 0.20, 0.42}, {0.86, 0.80, 0.66}};
  const Vec3 glaze = glazes[static_cast<std::size_t>(((index % 4) + 4) % 4)];
  const double seam = 1.0 - smooth_step(0.0, 0.06, within < 0.5 ? within : 1.0 - within);
  const double grain = 1.0 + 0.10 * fractal_noise(local * 14.0, 3, 303);
  return {.albedo = mix(glaze * grain, Vec3{0.10, 0.08, 0.07}, 0.65 * seam), .reflectance = 0.05, .roughness = 0.02};
}

}  // namespace

Surface sphere_surface(Material material, const Vec3& local) noexcept {
  switch (material) {
    case Material::chrome:
      return {.albedo = {0, 0, 0}, .mirror = {0.93, 0.95, 0.97}, .reflectance = 0.90};
    case Material::lacquer:
      return {.albedo = Vec3{0.62, 0.045, 0.03} * (1.0 + 0.08 * fractal_noise(local * 9.0, 4, 311)),
              .reflectance = 0.055};
    case Material::banded:
      return banded(local);
    case Material::glass:
      return {.mirror = {0.93, 0.98, 0.96}, .reflectance = 0.04, .glass = true};
    case Material::gold:
      return {.albedo = {0, 0, 0}, .mirror = {1.0, 0.74, 0.34}, .reflectance = 0.88, .roughness = 0.09};
    case Material::marble: {
      const double veins = vein(local * 1.7, 321);
      const double cloudy = 0.06 * fractal_noise(local * 4.0, 4, 322);
      return {.albedo = mix(Vec3{0.30, 0.52, 0.44} * (1.0 + 4.0 * cloudy), Vec3{0.82, 0.86, 0.80}, 0.85 * veins),
              .reflectance = 0.045,
              .roughness = 0.01};
    }
  }
  return {};
}

Surface terrace_surface(const Vec3& p) noexcept {
  constexpr double tile = 0.62;
  // Turned a little, so that joints run neither along rows nor along columns.
  const double u = (0.906 * p.x + 0.423 * p.z) / tile + 0.2;
  const double v = (-0.423 * p.x + 0.906 * p.z) / tile + 0.4;
  const double column = std::floor(u);
  const double row = std::floor(v);
  const auto i = static_cast<std::int64_t>(column);
  const auto j = static_cast<std::int64_t>(row);
  const bool dark = ((i + j) & 1) != 0;
  const double shade = 0.9 + 0.2 * static_cast<double>(hash(i, j, 0, 331) >> 40) * 0x1p-24;
  const Vec3 offset{static_cast<double>(i) * 3.7, 0.3, static_cast<double>(j) * 5.3};
  const Vec3 q{p.x, 0, p.z};
  const double veins = vein(q * 1.5 + offset, 332);
  const double speckle = fractal_noise(q * 26.0, 3, 333);
  Vec3 stone = dark ? mix(Vec3{0.105, 0.095, 0.100}, Vec3{0.36, 0.33, 0.30}, 0.7 * veins)
                    : mix(Vec3{0.56, 0.50, 0.42}, Vec3{0.34, 0.26, 0.20}, 0.75 * veins);
  stone = stone * (shade * (1.0 + 0.22 * speckle));

  const double du = std::min(u - column, column + 1 - u);
  const double dv = std::min(v - row, row + 1 - v);
  const double joint = 1.0 - smooth_step(0.010, 0.030, std::min(du, dv) + 0.004 * speckle);
  const double moss = smooth_step(0.05, 0.45, fractal_noise(q * 1.1, 4, 334));
  stone = mix(stone, mix(Vec3{0.07, 0.06, 0.05}, Vec3{0.09, 0.13, 0.03}, moss), joint);
  const double worn = smooth_step(-0.3, 0.5, fractal_noise(q * 2.3, 4, 335));
  return {.albedo = stone, .reflectance = mix(0.05, 0.012, worn) * (1 - joint), .roughness = mix(0.012, 0.05, worn)};
}

}  // namespace imgbuf::samples
