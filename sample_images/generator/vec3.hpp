#pragma once

#include <cmath>

namespace imgbuf::samples {

/// A point, direction or linear colour. Only operations that IEEE 754 rounds exactly, so that every machine renders the
/// same picture: no function of the mathematics library but `sqrt`.
struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;

  friend constexpr Vec3 operator+(const Vec3& a, const Vec3& b) noexcept { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr Vec3 operator-(const Vec3& a, const Vec3& b) noexcept { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr Vec3 operator*(const Vec3& a, const Vec3& b) noexcept { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
  friend constexpr Vec3 operator*(const Vec3& a, double s) noexcept { return {a.x * s, a.y * s, a.z * s}; }
  friend constexpr Vec3 operator*(double s, const Vec3& a) noexcept { return a * s; }
};

[[nodiscard]] constexpr double dot(const Vec3& a, const Vec3& b) noexcept {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
[[nodiscard]] constexpr Vec3 cross(const Vec3& a, const Vec3& b) noexcept {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] inline double length(const Vec3& a) noexcept {
  return std::sqrt(dot(a, a));
}
[[nodiscard]] inline Vec3 unit(const Vec3& a) noexcept {
  return a * (1.0 / length(a));
}
[[nodiscard]] constexpr Vec3 mirrored(const Vec3& direction, const Vec3& normal) noexcept {
  return direction - 2.0 * dot(direction, normal) * normal;
}

[[nodiscard]] constexpr double clamp01(double v) noexcept {
  return v < 0 ? 0 : v > 1 ? 1 : v;
}
[[nodiscard]] constexpr double mix(double a, double b, double t) noexcept {
  return a + (b - a) * t;
}
[[nodiscard]] constexpr Vec3 mix(const Vec3& a, const Vec3& b, double t) noexcept {
  return a + (b - a) * t;
}
/// 0 up to `low`, 1 from `high` on, smooth between.
[[nodiscard]] constexpr double smooth_step(double low, double high, double v) noexcept {
  const double t = clamp01((v - low) / (high - low));
  return t * t * (3 - 2 * t);
}
/// A positive power of two of v, by squaring: 32 for `doublings` = 5.
[[nodiscard]] constexpr double raised(double v, int doublings) noexcept {
  for (int i = 0; i < doublings; ++i) v *= v;
  return v;
}

}  // namespace imgbuf::samples
