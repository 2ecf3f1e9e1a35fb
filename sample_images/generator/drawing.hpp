#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "imgbuf/image.hpp"

namespace imgbuf::samples {

struct Color {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

/// A new picture of 8-bit RGB in one colour.
[[nodiscard]] Image blank_rgb(std::ptrdiff_t width, std::ptrdiff_t height, Color color);

/// Draws with hard edges into an image of 8-bit RGB; what lies outside is not drawn.
class Canvas {
 public:
  explicit Canvas(const Image& image) : view_(image.view().as<std::uint8_t>()) {}

  void point(std::ptrdiff_t x, std::ptrdiff_t y, Color color);
  void rectangle(std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t width, std::ptrdiff_t height, Color color);
  void frame(std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t width, std::ptrdiff_t height, Color color);
  void disc(std::ptrdiff_t center_x, std::ptrdiff_t center_y, std::ptrdiff_t radius, Color color);
  void line(std::ptrdiff_t x0, std::ptrdiff_t y0, std::ptrdiff_t x1, std::ptrdiff_t y1, Color color);
  /// A horizontal arrow that ends at (x1, y).
  void arrow(std::ptrdiff_t x0, std::ptrdiff_t x1, std::ptrdiff_t y, Color color);
  /// Letters of 5 x 7 cells, each `scale` pixels, from the upper left corner; a letter takes 6 cells across.
  void text(std::ptrdiff_t x, std::ptrdiff_t y, std::string_view text, int scale, Color color);

 private:
  View<std::uint8_t> view_;
};

}  // namespace imgbuf::samples
