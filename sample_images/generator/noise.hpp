#pragma once

#include <cstdint>

#include "vec3.hpp"

namespace imgbuf::samples {

/// Well mixed bits of three whole numbers and a seed: the source of everything random here, the same on every machine.
[[nodiscard]] std::uint64_t hash(std::int64_t x, std::int64_t y, std::int64_t z, std::uint64_t seed) noexcept;

/// A sequence of numbers in [0, 1) from a seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  [[nodiscard]] double next() noexcept;

 private:
  std::uint64_t state_;
};

/// Smooth noise of period about 1 and mean 0, roughly within -1..1.
[[nodiscard]] double noise(const Vec3& p, std::uint64_t seed) noexcept;

/// Noise with detail: `octaves` layers, each half as high and twice as fine as the one before.
[[nodiscard]] double fractal_noise(Vec3 p, int octaves, std::uint64_t seed) noexcept;

/// The same with sharp crests instead of smooth hills, from 0 to about 1.
[[nodiscard]] double ridged_noise(Vec3 p, int octaves, std::uint64_t seed) noexcept;

}  // namespace imgbuf::samples
