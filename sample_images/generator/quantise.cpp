#include "quantise.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace imgbuf::samples {

namespace {

/// Premultiplied, so that colours differ as much as one sees them differ.
using Rgba = std::array<int, 4>;

Rgba premultiplied(Rgba pixel) noexcept {
  for (std::size_t c = 0; c < 3; ++c) pixel[c] = (pixel[c] * pixel[3] + 127) / 255;
  return pixel;
}

std::vector<Rgba> pixels_of(const Image& image) {
  const auto in = image.const_view().as<const std::uint8_t>();
  std::vector<Rgba> pixels;
  for (std::ptrdiff_t y = 0; y < in.extent(0); ++y) {
    for (std::ptrdiff_t x = 0; x < in.extent(1); ++x) {
      Rgba pixel{0, 0, 0, 255};
      for (std::ptrdiff_t c = 0; c < in.extent(2); ++c) pixel[static_cast<std::size_t>(c)] = in(y, x, c);
      pixels.push_back(premultiplied(pixel));
    }
  }
  return pixels;
}

/// Some of the colours, as a range of the list of all.
struct Box {
  std::size_t first = 0;
  std::size_t last = 0;
  std::size_t widest = 0;  ///< the channel in which they differ most
  int width = 0;

  Box(std::span<const Rgba> pixels, std::size_t first_, std::size_t last_) : first(first_), last(last_) {
    for (std::size_t c = 0; c < 4; ++c) {
      const auto [low, high] = std::minmax_element(pixels.begin() + static_cast<std::ptrdiff_t>(first),
                                                   pixels.begin() + static_cast<std::ptrdiff_t>(last),
                                                   [c](const Rgba& a, const Rgba& b) { return a[c] < b[c]; });
      if ((*high)[c] - (*low)[c] <= width) continue;
      width = (*high)[c] - (*low)[c];
      widest = c;
    }
  }

  /// What cutting it gains: wide boxes first, and of these the full ones.
  [[nodiscard]] std::uint64_t weight() const noexcept {
    const auto w = static_cast<std::uint64_t>(width);
    return w * w * w * (last - first);
  }
};

PaletteEntry mean(std::span<const Rgba> pixels) {
  std::array<std::size_t, 4> sums{};
  for (const Rgba& pixel : pixels) {
    for (std::size_t c = 0; c < 4; ++c) sums[c] += static_cast<std::size_t>(pixel[c]);
  }
  const std::size_t alpha = sums[3];
  if (alpha == 0) return {0, 0, 0, 0};
  const auto straight = [&](std::size_t c) {
    return static_cast<std::uint8_t>(std::min<std::size_t>((sums[c] * 255 + alpha / 2) / alpha, 255));
  };
  return {straight(0), straight(1), straight(2),
          static_cast<std::uint8_t>((alpha + pixels.size() / 2) / pixels.size())};
}

std::vector<PaletteEntry> median_cut(std::vector<Rgba> pixels, std::size_t entries) {
  std::vector<Box> boxes{Box(pixels, 0, pixels.size())};
  while (boxes.size() < entries) {
    const auto box = std::max_element(boxes.begin(), boxes.end(),
                                      [](const Box& a, const Box& b) { return a.weight() < b.weight(); });
    if (box->width == 0) break;
    const auto begin = pixels.begin() + static_cast<std::ptrdiff_t>(box->first);
    const auto end = pixels.begin() + static_cast<std::ptrdiff_t>(box->last);
    // Ties are broken by the other channels, so that the order is the same whatever sorts.
    std::sort(begin, end,
              [c = box->widest](const Rgba& a, const Rgba& b) { return a[c] != b[c] ? a[c] < b[c] : a < b; });
    const std::size_t middle = box->first + (box->last - box->first) / 2;
    const Box upper(pixels, middle, box->last);
    *box = Box(pixels, box->first, middle);
    boxes.push_back(upper);
  }
  std::vector<PaletteEntry> palette;
  for (const Box& box : boxes) palette.push_back(mean(std::span(pixels).subspan(box.first, box.last - box.first)));
  // Transparent entries first: PNG's tRNS then ends with the last of them.
  std::sort(palette.begin(), palette.end(), [](const PaletteEntry& a, const PaletteEntry& b) {
    return std::array{a.alpha, a.green, a.red, a.blue} < std::array{b.alpha, b.green, b.red, b.blue};
  });
  return palette;
}

Rgba color_of(const PaletteEntry& entry) noexcept {
  return premultiplied({entry.red, entry.green, entry.blue, entry.alpha});
}

std::size_t nearest(std::span<const PaletteEntry> palette, const Rgba& wanted) noexcept {
  std::size_t best = 0;
  int least = 1 << 30;
  for (std::size_t i = 0; i < palette.size(); ++i) {
    const Rgba color = color_of(palette[i]);
    int distance = 0;
    for (std::size_t c = 0; c < 4; ++c) distance += (color[c] - wanted[c]) * (color[c] - wanted[c]);
    if (distance >= least) continue;
    least = distance;
    best = i;
  }
  return best;
}

/// Spreads what is lost at (x, y) over the neighbours that come later: 7, 3, 5 and 1 sixteenths.
void spread(std::vector<Rgba>& pixels, std::ptrdiff_t width, std::ptrdiff_t x, std::ptrdiff_t y, const Rgba& lost) {
  constexpr struct {
    std::ptrdiff_t dx, dy;
    int share;
  } neighbours[] = {{1, 0, 7}, {-1, 1, 3}, {0, 1, 5}, {1, 1, 1}};
  for (const auto& n : neighbours) {
    const auto at = static_cast<std::size_t>((y + n.dy) * width + x + n.dx);
    if (x + n.dx < 0 || x + n.dx >= width || at >= pixels.size()) continue;
    for (std::size_t c = 0; c < 4; ++c) pixels[at][c] = std::clamp(pixels[at][c] + lost[c] * n.share / 16, 0, 255);
  }
}

/// The picture of the indices.
Image indices(const Image& image, ImageInfo info, std::span<const PaletteEntry> palette, bool diffuse) {
  Image out = Image::allocate(std::move(info), Arrangement::rows());
  const auto index = out.view().as<std::uint8_t>();
  const std::ptrdiff_t width = index.extent(1);
  std::vector<Rgba> pixels = pixels_of(image);
  for (std::ptrdiff_t y = 0; y < index.extent(0); ++y) {
    for (std::ptrdiff_t x = 0; x < width; ++x) {
      const Rgba wanted = pixels[static_cast<std::size_t>(y * width + x)];
      const std::size_t best = nearest(palette, wanted);
      index(y, x, 0) = static_cast<std::uint8_t>(best);
      if (!diffuse) continue;
      Rgba lost{};
      for (std::size_t c = 0; c < 4; ++c) lost[c] = wanted[c] - color_of(palette[best])[c];
      spread(pixels, width, x, y, lost);
    }
  }
  return out;
}

ImageInfo info_like(const Image& image, ColorModel color, int bit_depth) {
  ImageInfo info;
  info.width = image.info().width;
  info.height = image.info().height;
  info.pixel = PixelFormat::of(ElementType::u8, color);
  info.pixel.bit_depth = bit_depth;
  return info;
}

}  // namespace

Image with_palette(const Image& image, std::size_t entries, int bit_depth) {
  ImageInfo info = info_like(image, ColorModel::palette, bit_depth);
  info.palette = median_cut(pixels_of(image), entries);
  const std::vector<PaletteEntry> palette = info.palette;
  return indices(image, std::move(info), palette, !image.info().pixel.alpha);
}

Image with_gray_depth(const Image& image, int bit_depth) {
  std::vector<PaletteEntry> levels;
  const int maximum = (1 << bit_depth) - 1;
  for (int i = 0; i <= maximum; ++i) {
    const auto gray = static_cast<std::uint8_t>(i * 255 / maximum);
    levels.push_back({gray, 0, 0, 255});
  }
  return indices(image, info_like(image, ColorModel::gray, bit_depth), levels, true);
}

}  // namespace imgbuf::samples
