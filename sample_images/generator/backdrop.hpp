#pragma once

#include "vec3.hpp"

namespace imgbuf::samples {

/// Towards the sun, of length 1.
[[nodiscard]] Vec3 sun_direction() noexcept;
/// The sun's light on a surface that faces it.
[[nodiscard]] Vec3 sun_light() noexcept;
/// What a surface with this normal receives from the whole sky.
[[nodiscard]] Vec3 sky_light(const Vec3& normal) noexcept;

/// What is seen far away in a direction of length 1: sky with clouds, and mountains behind each other in haze.
[[nodiscard]] Vec3 backdrop(const Vec3& direction) noexcept;

/// The colour of the haze near the horizon in a direction.
[[nodiscard]] Vec3 haze(const Vec3& direction) noexcept;

}  // namespace imgbuf::samples
