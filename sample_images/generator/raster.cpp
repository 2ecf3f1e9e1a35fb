#include "raster.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include "imgbuf/executor.hpp"
#include "imgbuf/rows.hpp"
#include "noise.hpp"
#include "scene.hpp"

namespace imgbuf::samples {

namespace {

constexpr int cells_a_side = 4;     ///< of a pixel
constexpr double agreement = 0.05;  ///< of the light of rays through one pixel

/// Where the picture is taken from.
class Camera {
 public:
  Camera(std::ptrdiff_t width, std::ptrdiff_t height) : width_(width), height_(height) {
    forward_ = unit(target - eye);
    right_ = unit(cross({0, 1, 0}, forward_));
    up_ = cross(forward_, right_);
  }

  /// The ray through a point of the picture, in pixels from its upper left corner.
  [[nodiscard]] Ray through(double x, double y) const noexcept {
    const double half_width = 0.5 * static_cast<double>(width_);
    const double u = (x - half_width) / half_width;
    const double v = (0.5 * static_cast<double>(height_) - y) / half_width;
    return {eye, unit(forward_ + field * (u * right_ + v * up_))};
  }

 private:
  static constexpr Vec3 eye{0.15, 1.12, -4.7};
  static constexpr Vec3 target{0.05, 0.86, 0};
  static constexpr double field = 0.46;  ///< tangent of half the horizontal angle of view

  std::ptrdiff_t width_;
  std::ptrdiff_t height_;
  Vec3 forward_;
  Vec3 right_;
  Vec3 up_;
};

/// One of the cells into which a pixel is cut: one ray through a random point of it.
Vec3 render_cell(const Camera& camera, std::ptrdiff_t x, std::ptrdiff_t y, int cell, Random& random) {
  const double across = cell % cells_a_side + random.next();
  const double down = cell / cells_a_side + random.next();
  const Vec3 light = radiance(
      camera.through(static_cast<double>(x) + across / cells_a_side, static_cast<double>(y) + down / cells_a_side),
      random);
  // A single glint must not make a bright speck of the pixel.
  return {std::min(light.x, 4.0), std::min(light.y, 4.0), std::min(light.z, 4.0)};
}

double difference(const Vec3& a, const Vec3& b) noexcept {
  return std::max({std::abs(a.x - b.x), std::abs(a.y - b.y), std::abs(a.z - b.z)});
}

/// Four rays where they agree, sixteen where they do not.
Vec3 render_pixel(const Camera& camera, std::ptrdiff_t x, std::ptrdiff_t y) {
  constexpr int first_cells[] = {1, 7, 8, 14};
  constexpr int other_cells[] = {0, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 15};
  Random random(hash(x, y, 0, 7));
  Vec3 sum;
  Vec3 previous;
  double spread = 0;
  for (const int cell : first_cells) {
    const Vec3 light = render_cell(camera, x, y, cell, random);
    if (cell != first_cells[0]) spread = std::max(spread, difference(light, previous));
    previous = light;
    sum = sum + light;
  }
  if (spread < agreement) return sum * 0.25;
  for (const int cell : other_cells) sum = sum + render_cell(camera, x, y, cell, random);
  return sum * (1.0 / (cells_a_side * cells_a_side));
}

/// Newton's iteration: `std::cbrt` is not rounded the same everywhere. @param v  0..1
double cube_root(double v) noexcept {
  if (v < 1e-9) return 0;
  double root = 0.3 + 0.7 * v;
  for (int i = 0; i < 24; ++i) root = (2.0 * root + v / (root * root)) / 3.0;
  return root;
}

/// IEC 61966-2-1. Its exponent 1/2.4 is 5/12, so v^(5/12) = c * sqrt(sqrt(c)) with c the cube root.
double srgb_encoded(double v) noexcept {
  if (v <= 0.0031308) return 12.92 * v;
  const double c = cube_root(v);
  return 1.055 * c * std::sqrt(std::sqrt(c)) - 0.055;
}

/// A curve that keeps the middle and bends below 1 what is brighter.
double exposed(double light) noexcept {
  const double v = light * 0.95;
  return clamp01(v * (1.0 + v * 0.09) / (1.0 + v * 0.72) * 1.35);
}

/// Darker towards the corners, as a lens makes it.
double vignette(double x, double y, const Raster& raster) noexcept {
  const double u = 2.0 * (x + 0.5) / static_cast<double>(raster.width) - 1.0;
  const double v = 2.0 * (y + 0.5) / static_cast<double>(raster.height) - 1.0;
  return 1.0 - 0.10 * (u * u + v * v);
}

template <class T>
void develop_row(const Raster& raster, std::ptrdiff_t y, double grain, std::span<T> out) {
  constexpr double maximum = static_cast<double>(static_cast<T>(-1));
  for (std::ptrdiff_t x = 0; x < raster.width; ++x) {
    const double lens = vignette(static_cast<double>(x), static_cast<double>(y), raster);
    const Vec3 light = raster.at(x, y) * lens;
    Random random(hash(x, y, 1, 11));
    const auto grainy = [&] { return grain * 1.22 * (random.next() + random.next() - 1.0); };
    const double common = grainy();
    const double channels[] = {light.x, light.y, light.z};
    for (std::size_t c = 0; c < 3; ++c) {
      const double v = srgb_encoded(exposed(channels[c])) + 0.8 * common + 0.4 * grainy();
      out[static_cast<std::size_t>(3 * x) + c] = static_cast<T>(clamp01(v) * maximum + 0.5);
    }
  }
}

template <class T>
void develop_into(const Image& image, const Raster& raster, double grain) {
  const auto lines = rows(image.view().as<T>());
  for (std::ptrdiff_t y = 0; y < raster.height; ++y) develop_row(raster, y, grain, lines[y]);
}

}  // namespace

Raster render_scene(std::ptrdiff_t width, std::ptrdiff_t height) {
  Raster raster(width, height);
  const Camera camera(width, height);
  default_executor().parallel_for(height, [&](std::ptrdiff_t y) {
    for (std::ptrdiff_t x = 0; x < width; ++x) raster.at(x, y) = render_pixel(camera, x, y);
  });
  return raster;
}

Raster halved(const Raster& raster) {
  Raster half(raster.width / 2, raster.height / 2);
  for (std::ptrdiff_t y = 0; y < half.height; ++y) {
    for (std::ptrdiff_t x = 0; x < half.width; ++x) {
      half.at(x, y) = 0.25 * (raster.at(2 * x, 2 * y) + raster.at(2 * x + 1, 2 * y) + raster.at(2 * x, 2 * y + 1) +
                              raster.at(2 * x + 1, 2 * y + 1));
    }
  }
  return half;
}

Image developed(const Raster& raster, ElementType type, double grain) {
  ImageInfo info;
  info.width = raster.width;
  info.height = raster.height;
  info.pixel = PixelFormat::of(type, ColorModel::rgb);
  Image image = Image::allocate(std::move(info), Arrangement::rows());
  if (type == ElementType::u16)
    develop_into<std::uint16_t>(image, raster, grain);
  else
    develop_into<std::uint8_t>(image, raster, grain);
  return image;
}

}  // namespace imgbuf::samples
