#include "drawing.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "letters.hpp"

namespace imgbuf::samples {

Image blank_rgb(std::ptrdiff_t width, std::ptrdiff_t height, Color color) {
  ImageInfo info;
  info.width = width;
  info.height = height;
  info.pixel = PixelFormat::of(ElementType::u8, ColorModel::rgb);
  Image image = Image::allocate(std::move(info), Arrangement::strips(16));
  Canvas(image).rectangle(0, 0, width, height, color);
  return image;
}

void Canvas::point(std::ptrdiff_t x, std::ptrdiff_t y, Color color) {
  if (x < 0 || y < 0 || x >= view_.extent(1) || y >= view_.extent(0)) return;
  view_(y, x, 0) = color.red;
  view_(y, x, 1) = color.green;
  view_(y, x, 2) = color.blue;
}

void Canvas::rectangle(std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t width, std::ptrdiff_t height, Color color) {
  for (std::ptrdiff_t j = y; j < y + height; ++j) {
    for (std::ptrdiff_t i = x; i < x + width; ++i) point(i, j, color);
  }
}

void Canvas::frame(std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t width, std::ptrdiff_t height, Color color) {
  rectangle(x, y, width, 1, color);
  rectangle(x, y + height - 1, width, 1, color);
  rectangle(x, y, 1, height, color);
  rectangle(x + width - 1, y, 1, height, color);
}

void Canvas::disc(std::ptrdiff_t center_x, std::ptrdiff_t center_y, std::ptrdiff_t radius, Color color) {
  for (std::ptrdiff_t j = -radius; j <= radius; ++j) {
    for (std::ptrdiff_t i = -radius; i <= radius; ++i) {
      if (i * i + j * j <= radius * radius + radius) point(center_x + i, center_y + j, color);
    }
  }
}

void Canvas::line(std::ptrdiff_t x0, std::ptrdiff_t y0, std::ptrdiff_t x1, std::ptrdiff_t y1, Color color) {
  const std::ptrdiff_t steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), std::ptrdiff_t{1}});
  // Whole-number division to nearest, the same on both sides of 0.
  const auto between = [steps](std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t i) {
    const std::ptrdiff_t twice = 2 * (b - a) * i;
    return a + (twice + (twice < 0 ? -steps : steps)) / (2 * steps);
  };
  for (std::ptrdiff_t i = 0; i <= steps; ++i) point(between(x0, x1, i), between(y0, y1, i), color);
}

void Canvas::arrow(std::ptrdiff_t x0, std::ptrdiff_t x1, std::ptrdiff_t y, Color color) {
  line(x0, y, x1, y, color);
  line(x1 - 2, y - 2, x1, y, color);
  line(x1 - 2, y + 2, x1, y, color);
}

void Canvas::text(std::ptrdiff_t x, std::ptrdiff_t y, std::string_view text, int scale, Color color) {
  for (const char c : text) {
    const Letter& letter = letter_of(c);
    for (std::ptrdiff_t row = 0; row < letter_rows; ++row) {
      for (std::ptrdiff_t column = 0; column < letter_columns; ++column) {
        const bool set = (letter[static_cast<std::size_t>(row)] >> (letter_columns - 1 - column) & 1) != 0;
        if (set) rectangle(x + column * scale, y + row * scale, scale, scale, color);
      }
    }
    x += (letter_columns + 1) * scale;
  }
}

}  // namespace imgbuf::samples
