#include "scene.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "imgbuf/rows.hpp"

namespace imgbuf::bench {

namespace {

using Color = std::array<int, 3>;

/// A well mixed number for a place. The constants are those of MurmurHash3's finalizer.
std::uint32_t hash(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
  std::uint32_t h = x * 0x9E3779B1u ^ (y * 0x85EBCA77u + seed * 0xC2B2AE3Du);
  h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
  h = (h ^ (h >> 13)) * 0xC2B2AE35u;
  return h ^ (h >> 16);
}

/// Values -128..127 at the corners of squares of 2^shift pixels, blended in between.
int smooth_noise(std::uint32_t x, std::uint32_t y, int shift, std::uint32_t seed) {
  const std::uint32_t column = x >> shift;
  const std::uint32_t row = y >> shift;
  const auto blend = [shift](std::uint32_t v) {
    const int t = static_cast<int>(((v & ((1u << shift) - 1)) << 8) >> shift);
    return t * t * (768 - 2 * t) >> 16;
  };
  const auto corner = [&](std::uint32_t dx, std::uint32_t dy) {
    return static_cast<int>(hash(column + dx, row + dy, seed) & 255) - 128;
  };
  const int tx = blend(x);
  const int ty = blend(y);
  const int top = corner(0, 0) * (256 - tx) + corner(1, 0) * tx;
  const int bottom = corner(0, 1) * (256 - tx) + corner(1, 1) * tx;
  return (top * (256 - ty) + bottom * ty) / 65536;
}

/// Large forms strong, small ones weak, as in nature.
Color landscape(std::uint32_t x, std::uint32_t y) {
  int light = 128;
  for (int octave = 0; octave < 7; ++octave)
    light += smooth_noise(x, y, 9 - octave, 1 + static_cast<std::uint32_t>(octave)) * 5 / (8 << octave);
  const int warm = smooth_noise(x, y, 8, 20) / 5 + smooth_noise(x, y, 5, 21) / 16;
  const int green = smooth_noise(x, y, 7, 22) / 6;
  return {light + warm, light + green, light - warm};
}

/// Discs of one colour each, at most one in a square of 256 pixels.
void put_things(std::uint32_t x, std::uint32_t y, Color& color) {
  constexpr std::uint32_t cell = 256;
  const std::uint32_t kind = hash(x / cell, y / cell, 30);
  if (kind % 3 == 0) return;
  const int radius = 24 + static_cast<int>((kind >> 8) % 90);
  const int dx = static_cast<int>(x % cell) - 128;
  const int dy = static_cast<int>(y % cell) - 128;
  if (dx * dx + dy * dy > radius * radius) return;
  for (std::size_t c = 0; c < 3; ++c)
    color[c] = color[c] / 4 + static_cast<int>((kind >> (8 * c)) & 127) + (dx - dy) * 40 / radius;
}

/// About a normal distribution of standard deviation 3: the sum of the four bytes of one number.
int sensor_noise(std::uint32_t x, std::uint32_t y, std::uint32_t channel) {
  const std::uint32_t h = hash(x, y, 40 + channel);
  const int sum = static_cast<int>((h & 255) + ((h >> 8) & 255) + ((h >> 16) & 255) + (h >> 24)) - 510;
  return sum * 30 / 1478;
}

}  // namespace

Image render_scene(std::ptrdiff_t width, std::ptrdiff_t height) {
  ImageInfo info;
  info.width = width;
  info.height = height;
  info.pixel = PixelFormat::of(ElementType::u8, ColorModel::rgb);
  const Image image = Image::allocate(std::move(info), Arrangement::rows());
  std::uint32_t y = 0;
  for (const auto row : rows(image.view().as<std::uint8_t>())) {
    for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(width); ++x) {
      Color color = landscape(x, y);
      put_things(x, y, color);
      for (std::uint32_t c = 0; c < 3; ++c)
        row[x * 3 + c] = static_cast<std::uint8_t>(std::clamp(color[c] + sensor_noise(x, y, c), 0, 255));
    }
    ++y;
  }
  return image;
}

}  // namespace imgbuf::bench
