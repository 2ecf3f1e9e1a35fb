#include "backdrop.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include "noise.hpp"

namespace imgbuf::samples {

namespace {

constexpr Vec3 zenith{0.07, 0.19, 0.52};
constexpr Vec3 upper_sky{0.17, 0.36, 0.74};
constexpr Vec3 horizon{0.98, 0.80, 0.60};

/// Sky without clouds.
Vec3 clear_sky(const Vec3& d) noexcept {
  const double height = std::max(d.y, 0.0);
  Vec3 color = mix(horizon, upper_sky, smooth_step(-0.02, 0.20, height));
  color = mix(color, zenith, smooth_step(0.15, 0.8, height));
  const double toward_sun = std::max(dot(d, sun_direction()), 0.0);
  color = color + Vec3{0.55, 0.34, 0.16} * raised(toward_sun, 3);
  return color + Vec3{0.9, 0.75, 0.5} * raised(toward_sun, 7);
}

/// How much of the sky a cloud hides, and how much light falls on that piece of it.
struct Cloud {
  double cover = 0;
  double light = 0;
};

Cloud cloud(const Vec3& d) noexcept {
  if (d.y < 0.015) return {};
  // Clouds lie in a plane above; its far parts are seen from the side.
  const double distance = 1.0 / (d.y + 0.10);
  const Vec3 p{d.x * distance * 0.9 + 0.35, 0.4, d.z * distance * 1.5 + 1.2};
  const Vec3 warp{noise(p * 0.8, 71), 0, noise(p * 0.8, 72)};
  const Vec3 q = p + 0.45 * warp;
  const double density = fractal_noise(q, 6, 40) + 0.10;
  const Vec3 sunward{sun_direction().x * 0.16, 0, sun_direction().z * 0.16};
  const double shade = fractal_noise(q + sunward, 4, 40) + 0.10;
  const double fade = smooth_step(0.03, 0.20, d.y);
  return {smooth_step(0.02, 0.42, density) * 0.92 * fade, clamp01(0.72 - 1.1 * (shade - 0.15))};
}

Vec3 sky(const Vec3& d) noexcept {
  const Vec3 clear = clear_sky(d);
  const Cloud c = cloud(d);
  const double low = 1.0 - smooth_step(0.05, 0.45, d.y);
  const Vec3 dark = mix(Vec3{0.42, 0.46, 0.58}, Vec3{0.66, 0.55, 0.56}, low);
  const Vec3 bright = mix(Vec3{1.15, 1.10, 1.04}, Vec3{1.25, 1.00, 0.80}, low);
  return mix(clear, mix(dark, bright, c.light), c.cover);
}

/// One line of mountains: crests around the horizon, given by the tangent of their elevation.
struct Range {
  double base;
  double height;
  double frequency;
  double distance;  ///< how much haze lies before it, 0..1
  double snow_line;
  std::uint64_t seed;
};

// Nearest first.
constexpr Range ranges[] = {
    {-0.020, 0.085, 6.0, 0.04, 9.0, 101},
    {0.005, 0.140, 3.4, 0.16, 9.0, 151},
    {0.020, 0.215, 2.1, 0.26, 0.110, 201},
    {0.030, 0.250, 1.5, 0.42, 0.110, 251},
};

double computed_crest(const Range& range, double x, double z) noexcept {
  const Vec3 p{x * range.frequency + 3.1, 0.5, z * range.frequency};
  return range.base + range.height * (0.35 + 0.9 * (ridged_noise(p, 7, range.seed) - 0.55) +
                                      0.22 * fractal_noise(p * 0.7, 2, range.seed + 20));
}

/// The crests of a range all around, computed once. A place on the horizon is told by how far round the square
/// |x| + |z| = 1 it lies, which needs no angle.
class Crests {
 public:
  explicit Crests(const Range& range) : heights_(static_cast<std::size_t>(places + 1)) {
    for (int i = 0; i <= places; ++i) {
      const double t = 4.0 * i / places;
      const double z = t < 1 ? t : t < 3 ? 2 - t : t - 4;
      const double x = (t < 1 || t > 3 ? 1 : -1) * (1 - std::abs(z));
      const double across = std::sqrt(x * x + z * z);
      heights_[static_cast<std::size_t>(i)] = computed_crest(range, x / across, z / across);
    }
  }

  /// @param offset  places to go on around
  [[nodiscard]] double at(double x, double z, double offset = 0) const noexcept {
    const double s = z / (std::abs(x) + std::abs(z));
    const double t = x >= 0 ? (s >= 0 ? s : 4 + s) : 2 - s;
    double place = t * (places / 4.0) + offset;
    if (place < 0) place += places;
    if (place >= places) place -= places;
    const double whole = std::floor(place);
    const auto i = static_cast<std::size_t>(whole);
    return mix(heights_[i], heights_[i + 1], place - whole);
  }

 private:
  static constexpr int places = 32768;
  std::vector<double> heights_;
};

const Crests& crests_of(const Range& range) {
  static const std::array<Crests, std::size(ranges)> all{Crests(ranges[0]), Crests(ranges[1]), Crests(ranges[2]),
                                                         Crests(ranges[3])};
  return all[static_cast<std::size_t>(&range - ranges)];
}

Vec3 mountain_side(const Range& range, double x, double z, double elevation, double top, const Vec3& d) noexcept {
  const double scale = range.frequency * 8.0;
  const Vec3 p{x * scale, elevation * scale * 1.1, z * scale};
  const double relief = ridged_noise(p, 6, range.seed + 30);
  // Light comes from the left and above: what is higher than its neighbour on that side faces it. Going around the
  // horizon counterclockwise is (-z, x).
  const Vec3 sunward{-z * 0.05, 0.03, x * 0.05};
  const double facing = relief - ridged_noise(p + sunward, 6, range.seed + 30);
  const Crests& crests = crests_of(range);
  const double tilt = crests.at(x, z, -60) - crests.at(x, z, 60);
  const double light = clamp01(0.40 + 3.6 * facing + 6.0 * tilt);
  const double texture = relief - 0.55;
  const Vec3 forest = mix(Vec3{0.020, 0.045, 0.035}, Vec3{0.13, 0.16, 0.06}, clamp01(0.5 + 1.5 * texture));
  const Vec3 rock = mix(Vec3{0.15, 0.14, 0.17}, Vec3{0.42, 0.35, 0.31}, clamp01(0.5 + 1.4 * texture));
  const double snow_height = elevation + 0.10 * texture - 0.12 * std::abs(facing) - 0.6 * std::abs(tilt);
  const double is_snow = smooth_step(range.snow_line, range.snow_line + 0.018, snow_height);
  Vec3 albedo = mix(forest, rock, smooth_step(0.045, 0.10, elevation + 0.06 * texture));
  albedo = mix(albedo, {0.90, 0.91, 0.95}, is_snow);
  const Vec3 lit = albedo * (sun_light() * (0.60 * light) + Vec3{0.17, 0.23, 0.38});
  // Mist gathers at the foot.
  const double mist = range.distance + (1.0 - range.distance) * 0.40 * (1.0 - smooth_step(-0.01, 0.6 * top, elevation));
  return mix(lit, haze(d), clamp01(mist));
}

}  // namespace

Vec3 sun_direction() noexcept {
  static const Vec3 direction = unit({-0.78, 0.44, -0.10});
  return direction;
}

Vec3 sun_light() noexcept {
  return {2.9, 2.25, 1.55};
}

Vec3 sky_light(const Vec3& normal) noexcept {
  const double up = 0.5 + 0.5 * normal.y;
  return mix(Vec3{0.22, 0.19, 0.17}, Vec3{0.42, 0.55, 0.80}, up);
}

Vec3 haze(const Vec3& direction) noexcept {
  const double toward_sun = std::max(dot(direction, sun_direction()), 0.0);
  return Vec3{0.62, 0.66, 0.76} + Vec3{0.42, 0.22, 0.02} * (toward_sun * toward_sun);
}

Vec3 backdrop(const Vec3& direction) noexcept {
  const double across = std::sqrt(direction.x * direction.x + direction.z * direction.z);
  if (across < 1e-6) return sky(direction);
  const double x = direction.x / across;
  const double z = direction.z / across;
  const double elevation = direction.y / across;
  if (elevation > 0.5) return sky(direction);
  for (const Range& range : ranges) {
    const double top = crests_of(range).at(x, z);
    if (elevation < top) return mountain_side(range, x, z, elevation, top, direction);
  }
  return sky(direction);
}

}  // namespace imgbuf::samples
