#pragma once

#include "noise.hpp"
#include "vec3.hpp"

namespace imgbuf::samples {

struct Ray {
  Vec3 origin;
  Vec3 direction;  ///< of length 1
};

/// The light that comes back along a ray: spheres on a terrace at a lake, mountains behind.
/// @param random  chooses points on the sun's disc and on rough mirrors
[[nodiscard]] Vec3 radiance(const Ray& ray, Random& random);

}  // namespace imgbuf::samples
