#include "noise.hpp"

#include <cmath>
#include <initializer_list>

namespace imgbuf::samples {

namespace {

/// A bijection of 64 bits in which every bit of the input reaches every bit of the output.
constexpr std::uint64_t mixed(std::uint64_t v) noexcept {
  v ^= v >> 31;
  v *= 0x9E6C63D0876A9A47U;
  v ^= v >> 29;
  v *= 0xD1B54A32D192ED03U;
  v ^= v >> 32;
  return v;
}

constexpr double to_unit_interval(std::uint64_t bits) noexcept {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// A random gradient at a lattice point, times the way from there to the sample.
double slope(std::int64_t x, std::int64_t y, std::int64_t z, const Vec3& way, std::uint64_t seed) noexcept {
  const std::uint64_t bits = hash(x, y, z, seed);
  const auto component = [bits](int shift) { return static_cast<double>(bits >> shift & 0xFFFF) / 32767.5 - 1.0; };
  return component(0) * way.x + component(16) * way.y + component(32) * way.z;
}

constexpr double eased(double t) noexcept {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

}  // namespace

std::uint64_t hash(std::int64_t x, std::int64_t y, std::int64_t z, std::uint64_t seed) noexcept {
  std::uint64_t h = mixed(seed + 0x632BE59BD9B4E019U);
  for (const std::int64_t v : {x, y, z}) h = mixed(h ^ static_cast<std::uint64_t>(v)) + 0x9E3779B97F4A7C15U;
  return mixed(h);
}

double Random::next() noexcept {
  state_ += 0x9E3779B97F4A7C15U;
  return to_unit_interval(mixed(state_));
}

double noise(const Vec3& p, std::uint64_t seed) noexcept {
  const Vec3 cell{std::floor(p.x), std::floor(p.y), std::floor(p.z)};
  const Vec3 f = p - cell;
  const auto x = static_cast<std::int64_t>(cell.x);
  const auto y = static_cast<std::int64_t>(cell.y);
  const auto z = static_cast<std::int64_t>(cell.z);
  const double u = eased(f.x);
  const double v = eased(f.y);
  const double w = eased(f.z);
  const auto line = [&](int dy, int dz) {
    return mix(slope(x, y + dy, z + dz, f - Vec3{0, static_cast<double>(dy), static_cast<double>(dz)}, seed),
               slope(x + 1, y + dy, z + dz, f - Vec3{1, static_cast<double>(dy), static_cast<double>(dz)}, seed), u);
  };
  return mix(mix(line(0, 0), line(1, 0), v), mix(line(0, 1), line(1, 1), v), w);
}

double fractal_noise(Vec3 p, int octaves, std::uint64_t seed) noexcept {
  double sum = 0;
  double height = 1;
  for (int i = 0; i < octaves; ++i) {
    sum += height * noise(p, seed + static_cast<std::uint64_t>(i));
    // Shifted, so that the lattices of the layers do not fall together.
    p = p * 2.0 + Vec3{17.3, 9.1, 31.7};
    height *= 0.5;
  }
  return sum;
}

double ridged_noise(Vec3 p, int octaves, std::uint64_t seed) noexcept {
  double sum = 0;
  double height = 0.55;
  for (int i = 0; i < octaves; ++i) {
    const double crest = 1.0 - std::abs(noise(p, seed + static_cast<std::uint64_t>(i)));
    sum += height * crest * crest;
    p = p * 2.0 + Vec3{5.7, 23.9, 13.1};
    height *= 0.45;
  }
  return sum;
}

}  // namespace imgbuf::samples
