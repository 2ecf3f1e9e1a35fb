#include "graphics.hpp"

#include <cstddef>
#include <utility>

#include "drawing.hpp"

namespace imgbuf::samples {

namespace {

constexpr Color paper{250, 248, 240};
constexpr Color ink{34, 40, 49};
constexpr Color faint{203, 200, 188};
constexpr Color red{206, 66, 52};
constexpr Color green{62, 142, 84};
constexpr Color blue{45, 98, 170};
constexpr Color sand{226, 173, 72};

constexpr std::ptrdiff_t row_count = 6;
constexpr std::ptrdiff_t row_pitch = 11;
constexpr std::ptrdiff_t bar_height = 8;

void draw_title(Canvas& canvas, std::ptrdiff_t x, std::ptrdiff_t y, const char* title) {
  canvas.frame(x, y, 148, 86, faint);
  canvas.text(x + 6, y + 5, title, 1, ink);
}

/// A column of pointers.
void draw_table(Canvas& canvas, std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t rows, std::ptrdiff_t pitch) {
  for (std::ptrdiff_t r = 0; r < rows; ++r) {
    canvas.frame(x, y + r * pitch, 9, pitch + 1, ink);
    canvas.disc(x + 4, y + r * pitch + pitch / 2, 1, ink);
  }
}

void draw_contiguous(Canvas& canvas, std::ptrdiff_t x, std::ptrdiff_t y) {
  draw_title(canvas, x, y, "contiguous");
  canvas.rectangle(x + 40, y + 17, 80, row_count * row_pitch, blue);
  for (std::ptrdiff_t r = 1; r < row_count; ++r)
    canvas.line(x + 40, y + 17 + r * row_pitch, x + 119, y + 17 + r * row_pitch, paper);
  canvas.arrow(x + 14, x + 37, y + 21, ink);
}

void draw_rows(Canvas& canvas, std::ptrdiff_t x, std::ptrdiff_t y) {
  draw_title(canvas, x, y, "rows");
  draw_table(canvas, x + 14, y + 17, row_count, row_pitch);
  constexpr std::ptrdiff_t shifts[] = {6, 0, 14, 3, 18, 9};
  for (std::ptrdiff_t r = 0; r < row_count; ++r) {
    const std::ptrdiff_t top = y + 18 + r * row_pitch;
    const std::ptrdiff_t left = x + 46 + shifts[r];
    canvas.arrow(x + 19, left - 2, top + bar_height / 2, ink);
    canvas.rectangle(left, top, 74, bar_height, r % 2 == 0 ? green : sand);
  }
}

void draw_strips(Canvas& canvas, std::ptrdiff_t x, std::ptrdiff_t y) {
  draw_title(canvas, x, y, "strips:2");
  draw_table(canvas, x + 14, y + 17, row_count, row_pitch);
  constexpr Color colors[] = {red, sand, blue};
  constexpr std::ptrdiff_t shifts[] = {4, 20, 11};
  for (std::ptrdiff_t r = 0; r < row_count; ++r) {
    const std::ptrdiff_t top = y + 17 + r * row_pitch;
    const std::ptrdiff_t left = x + 44 + shifts[r / 2];
    canvas.arrow(x + 19, left - 2, top + 5, ink);
    canvas.rectangle(left, top + r % 2, 74, row_pitch - 1, colors[r / 2]);
  }
}

void draw_planes(Canvas& canvas, std::ptrdiff_t x, std::ptrdiff_t y) {
  draw_title(canvas, x, y, "planes");
  draw_table(canvas, x + 10, y + 17, 3, 22);
  constexpr Color colors[] = {red, green, blue};
  for (std::ptrdiff_t plane = 0; plane < 3; ++plane) {
    const std::ptrdiff_t top = y + 17 + plane * 22;
    canvas.arrow(x + 15, x + 34, top + 11, ink);
    draw_table(canvas, x + 37, top, 2, 10);
    for (std::ptrdiff_t r = 0; r < 2; ++r) {
      canvas.arrow(x + 42, x + 60, top + r * 10 + 5, ink);
      canvas.rectangle(x + 63, top + r * 10 + 1, 70, bar_height, colors[plane]);
    }
  }
}

}  // namespace

Image draw_arrangements() {
  Image image = blank_rgb(320, 216, paper);
  Canvas canvas(image);
  canvas.rectangle(0, 0, 320, 24, ink);
  canvas.text(8, 5, "imgbuf", 2, paper);
  canvas.text(96, 9, "one picture - four arrangements", 1, sand);
  canvas.disc(302, 11, 6, red);
  canvas.disc(302, 11, 3, paper);
  draw_contiguous(canvas, 8, 32);
  draw_rows(canvas, 164, 32);
  draw_strips(canvas, 8, 124);
  draw_planes(canvas, 164, 124);
  return image;
}

Image draw_color_key() {
  constexpr Color key{255, 0, 255};
  Image image = blank_rgb(96, 64, key);
  Canvas canvas(image);
  canvas.disc(26, 32, 20, blue);
  canvas.disc(26, 32, 11, key);
  canvas.rectangle(52, 10, 34, 20, sand);
  canvas.frame(55, 13, 28, 14, ink);
  canvas.text(54, 40, "key", 2, red);
  canvas.line(2, 62, 93, 2, ink);
  // Neighbours of the transparent colour are opaque.
  canvas.rectangle(4, 4, 6, 3, {255, 0, 254});
  canvas.rectangle(10, 4, 6, 3, {254, 0, 255});
  ImageInfo info = image.info();
  info.transparent_color = TransparentColor{key.red, key.green, key.blue};
  return image.with_info(std::move(info));
}

Image draw_pixel() {
  return blank_rgb(1, 1, {200, 100, 50});
}

}  // namespace imgbuf::samples
