#pragma once

#include "vec3.hpp"

namespace imgbuf::samples {

/// How a point of a surface answers to light.
struct Surface {
  Vec3 albedo{};           ///< of the diffuse part
  Vec3 mirror{1, 1, 1};    ///< tint of the reflection
  double reflectance = 0;  ///< of the reflection at right angles; it grows to 1 at grazing angles
  double roughness = 0;    ///< how far reflections spread
  bool glass = false;
};

enum class Material { chrome, lacquer, banded, glass, gold, marble };

/// @param local  the point on a unit sphere
[[nodiscard]] Surface sphere_surface(Material material, const Vec3& local) noexcept;
/// Stone tiles with veins and joints. @param p  a point of the terrace, y = 0
[[nodiscard]] Surface terrace_surface(const Vec3& p) noexcept;

}  // namespace imgbuf::samples
