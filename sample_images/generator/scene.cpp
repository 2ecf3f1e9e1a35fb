#include "scene.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "backdrop.hpp"
#include "materials.hpp"

namespace imgbuf::samples {

namespace {

struct Sphere {
  Vec3 center;
  double radius;
  Material material;
};

constexpr Sphere spheres[] = {
    {{-0.98, 0.66, 0.55}, 0.66, Material::chrome},  {{0.42, 0.50, 0.10}, 0.50, Material::lacquer},
    {{1.52, 0.58, 1.00}, 0.58, Material::banded},   {{-0.22, 0.29, -0.98}, 0.29, Material::glass},
    {{1.12, 0.20, -0.72}, 0.20, Material::gold},    {{-1.72, 0.30, -0.62}, 0.30, Material::marble},
    {{0.62, 0.13, -1.30}, 0.13, Material::lacquer}, {{-0.95, 0.11, -1.32}, 0.11, Material::gold},
};

constexpr double terrace_end = 2.6;  ///< z where the lake begins
constexpr double lake_level = -0.30;
constexpr double no_hit = std::numeric_limits<double>::infinity();
constexpr double nudge = 1e-5;  ///< off a surface, so that a ray does not hit where it starts
constexpr int max_bounces = 5;

double hit_sphere(const Sphere& sphere, const Ray& ray) noexcept {
  const Vec3 to_center = sphere.center - ray.origin;
  const double along = dot(to_center, ray.direction);
  const double square = sphere.radius * sphere.radius - (dot(to_center, to_center) - along * along);
  if (square <= 0) return no_hit;
  const double half = std::sqrt(square);
  if (along - half > nudge) return along - half;
  return along + half > nudge ? along + half : no_hit;
}

double hit_plane(const Ray& ray, double level) noexcept {
  if (ray.direction.y >= -1e-9) return no_hit;
  const double t = (level - ray.origin.y) / ray.direction.y;
  return t > nudge ? t : no_hit;
}

Vec3 at(const Ray& ray, double t) noexcept {
  return ray.origin + ray.direction * t;
}

/// A point of the unit ball, for spreading directions.
Vec3 in_ball(Random& random) noexcept {
  for (;;) {
    const Vec3 p{random.next() * 2 - 1, random.next() * 2 - 1, random.next() * 2 - 1};
    if (dot(p, p) < 1) return p;
  }
}

class Tracer {
 public:
  explicit Tracer(Random& random) : random_(random) {}

  Vec3 trace(const Ray& ray, int bounces) {
    double nearest = no_hit;
    const Sphere* hit = nullptr;
    for (const Sphere& sphere : spheres) {
      const double t = hit_sphere(sphere, ray);
      if (t < nearest) {
        nearest = t;
        hit = &sphere;
      }
    }
    const double ground = hit_plane(ray, 0);
    if (ground < nearest && at(ray, ground).z < terrace_end) return shade_terrace(ray, at(ray, ground), bounces);
    if (hit != nullptr) return shade_sphere(*hit, ray, at(ray, nearest), bounces);
    const double lake = hit_plane(ray, lake_level);
    if (lake < no_hit && at(ray, lake).z >= terrace_end) return shade_lake(ray, lake, bounces);
    return backdrop(ray.direction);
  }

 private:
  /// How much of the sun a point sees; different points of its disc in different samples make soft shadows.
  double sun_share(const Vec3& point, const Vec3& normal) {
    const Vec3 towards = unit(sun_direction() + 0.055 * in_ball(random_));
    if (dot(towards, normal) <= 0) return 0;
    const Ray ray{point + nudge * normal, towards};
    double share = 1;
    for (const Sphere& sphere : spheres) {
      if (hit_sphere(sphere, ray) == no_hit) continue;
      share *= sphere.material == Material::glass ? 0.55 : 0.0;
    }
    return share;
  }

  /// How much of the sky the spheres leave visible.
  static double openness(const Vec3& point, const Vec3& normal, const Sphere* self) noexcept {
    double open = 1;
    for (const Sphere& sphere : spheres) {
      if (&sphere == self) continue;
      const Vec3 way = sphere.center - point;
      const double distance = length(way);
      const double size = sphere.radius / distance;
      open *= 1.0 - clamp01(std::max(dot(normal, way) / distance, 0.0) * size * size);
    }
    // The terrace hides the lower half from a sphere that stands on it.
    if (self != nullptr) open *= 0.45 + 0.55 * smooth_step(-0.02, self->radius, point.y);
    return open;
  }

  Vec3 diffuse(const Surface& surface, const Vec3& point, const Vec3& normal, const Sphere* self) {
    const double facing = std::max(dot(normal, sun_direction()), 0.0);
    const Vec3 sun = facing > 0 ? sun_light() * (facing * sun_share(point, normal)) : Vec3{};
    const Vec3 bounce = Vec3{0.34, 0.26, 0.18} * std::max(-normal.y, 0.0);
    return surface.albedo * (sun + sky_light(normal) * openness(point, normal, self) + bounce) * 0.62;
  }

  Vec3 reflection(const Surface& surface, const Ray& ray, const Vec3& point, const Vec3& normal, int bounces) {
    Vec3 direction = mirrored(ray.direction, normal);
    if (surface.roughness > 0) {
      direction = unit(direction + surface.roughness * in_ball(random_));
      if (dot(direction, normal) <= 0) direction = mirrored(ray.direction, normal);
    }
    Vec3 light = bounces > 0 ? trace({point + nudge * normal, direction}, bounces - 1) : haze(direction);
    // The sun itself, which the backdrop does not show.
    const double glint = raised(std::max(dot(direction, sun_direction()), 0.0), surface.roughness > 0.05 ? 6 : 9);
    if (glint > 1e-3) light = light + sun_light() * (3.5 * glint * sun_share(point, normal));
    return light * surface.mirror;
  }

  static double fresnel(double reflectance, double cosine) noexcept {
    const double m = 1.0 - clamp01(cosine);
    return reflectance + (1.0 - reflectance) * m * m * m * m * m;
  }

  Vec3 shade(const Surface& surface, const Ray& ray, const Vec3& point, const Vec3& normal, const Sphere* self,
             int bounces) {
    const double share = fresnel(surface.reflectance, -dot(ray.direction, normal));
    Vec3 light{};
    if (surface.reflectance < 0.5) light = diffuse(surface, point, normal, self) * (1 - share);
    if (share > 0.004) light = light + reflection(surface, ray, point, normal, bounces) * share;
    return light;
  }

  Vec3 shade_sphere(const Sphere& sphere, const Ray& ray, const Vec3& point, int bounces) {
    const Vec3 local = (point - sphere.center) * (1.0 / sphere.radius);
    const Surface surface = sphere_surface(sphere.material, local);
    if (surface.glass) return shade_glass(surface, ray, point, local, bounces);
    return shade(surface, ray, point, local, &sphere, bounces);
  }

  Vec3 shade_glass(const Surface& surface, const Ray& ray, const Vec3& point, const Vec3& outward, int bounces) {
    constexpr double index = 1.5;
    const bool enters = dot(ray.direction, outward) < 0;
    const Vec3 normal = enters ? outward : -1.0 * outward;
    const double ratio = enters ? 1.0 / index : index;
    const double cosine = -dot(ray.direction, normal);
    const double square = 1.0 - ratio * ratio * (1.0 - cosine * cosine);
    if (bounces == 0) return haze(ray.direction);
    if (square <= 0) return trace({point + nudge * normal, mirrored(ray.direction, normal)}, bounces - 1);
    const Vec3 through = unit(ratio * ray.direction + (ratio * cosine - std::sqrt(square)) * normal);
    const double share = fresnel(surface.reflectance, enters ? cosine : std::sqrt(square));
    const Vec3 passed = trace({point - nudge * normal, through}, bounces - 1) * surface.mirror;
    // What is mirrored inside once more is too faint to follow.
    const Vec3 mirrored_light = enters ? reflection(surface, ray, point, normal, bounces) : passed;
    return mix(passed, mirrored_light, share);
  }

  Vec3 shade_terrace(const Ray& ray, const Vec3& point, int bounces) {
    const Surface surface = terrace_surface(point);
    // Stone is uneven: the normal leans as the height of the noise changes.
    const Vec3 q = point * 9.0;
    const double here = fractal_noise(q, 3, 341);
    const double lean_x = fractal_noise(q + Vec3{0.05, 0, 0}, 3, 341) - here;
    const double lean_z = fractal_noise(q + Vec3{0, 0, 0.05}, 3, 341) - here;
    const Vec3 normal = unit({-0.55 * lean_x, 1, -0.55 * lean_z});
    return shade(surface, ray, point, normal, nullptr, bounces);
  }

  Vec3 shade_lake(const Ray& ray, double distance, int bounces) {
    const Vec3 point = at(ray, distance);
    const double calm = 1.0 / (1.0 + 0.02 * distance);
    const Vec3 q{point.x * 0.9, 0.7, point.z * 2.2};
    const double wave_x = fractal_noise(q, 4, 351);
    const double wave_z = fractal_noise(q, 4, 361);
    const Vec3 normal = unit({0.020 * wave_x * calm, 1, 0.045 * wave_z * calm});
    Vec3 direction = mirrored(ray.direction, normal);
    direction.y = std::abs(direction.y);
    const Vec3 mirrored_light =
        bounces > 0 ? trace({point + nudge * normal, unit(direction)}, bounces - 1) : haze(direction);
    const double share = fresnel(0.03, -dot(ray.direction, normal));
    const Vec3 water = mix(Vec3{0.02, 0.10, 0.12}, Vec3{0.05, 0.16, 0.17}, clamp01(0.5 + 0.5 * wave_x));
    const Vec3 color = mix(water, mirrored_light * Vec3{0.90, 0.95, 0.96}, share);
    return mix(color, haze(ray.direction), smooth_step(30, 260, distance) * 0.55);
  }

  Random& random_;
};

}  // namespace

Vec3 radiance(const Ray& ray, Random& random) {
  return Tracer(random).trace(ray, max_bounces);
}

}  // namespace imgbuf::samples
