#include "codecs/png/png_pixel.hpp"

#include <png.h>

#include <algorithm>

namespace imgbuf::codecs::png {

PixelFormat pixel_format(int color_type, int bit_depth) noexcept {
  PixelFormat pixel;
  pixel.format = bit_depth == 16 ? ElementType::u16 : ElementType::u8;
  pixel.bit_depth = bit_depth;
  pixel.alpha = (color_type & PNG_COLOR_MASK_ALPHA) != 0;
  if ((color_type & PNG_COLOR_MASK_PALETTE) != 0)
    pixel.color = ColorModel::palette;
  else if ((color_type & PNG_COLOR_MASK_COLOR) != 0)
    pixel.color = ColorModel::rgb;
  else
    pixel.color = ColorModel::gray;
  return pixel;
}

int color_type(const PixelFormat& pixel) noexcept {
  if (pixel.color == ColorModel::palette) return PNG_COLOR_TYPE_PALETTE;
  return (pixel.color == ColorModel::rgb ? PNG_COLOR_MASK_COLOR : 0) | (pixel.alpha ? PNG_COLOR_MASK_ALPHA : 0);
}

std::string color_type_name(int color_type) {
  switch (color_type) {
    case PNG_COLOR_TYPE_GRAY:
      return "grayscale";
    case PNG_COLOR_TYPE_PALETTE:
      return "palette";
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return "grayscale+alpha";
    case PNG_COLOR_TYPE_RGB_ALPHA:
      return "RGB+alpha";
    default:
      return "RGB";
  }
}

bool can_store(const ImageInfo& info) {
  const PixelFormat& pixel = info.pixel;
  const bool is_u8 = pixel.format.type() == ElementType::u8;
  const bool is_whole_depth =
      (is_u8 && pixel.bit_depth == 8) || (pixel.format.type() == ElementType::u16 && pixel.bit_depth == 16);
  const bool is_packed_depth = is_u8 && (pixel.bit_depth == 1 || pixel.bit_depth == 2 || pixel.bit_depth == 4);
  switch (pixel.color) {
    case ColorModel::gray:
      return is_whole_depth || (is_packed_depth && !pixel.alpha);
    case ColorModel::rgb:
      return is_whole_depth;
    case ColorModel::palette:
      return is_u8 && (is_packed_depth || pixel.bit_depth == 8) && !pixel.alpha && !info.palette.empty() &&
             info.palette.size() <= std::size_t{1} << pixel.bit_depth;
    case ColorModel::cmyk:
      return false;
  }
  return false;
}

PixelFormat nearest_storable(const ImageInfo& info) {
  if (can_store(info)) return info.pixel;
  if (info.pixel.color == ColorModel::palette) {
    const bool has_alpha = info.pixel.alpha || std::any_of(info.palette.begin(), info.palette.end(),
                                                           [](const PaletteEntry& e) { return e.alpha != 255; });
    return PixelFormat::of(ElementType::u8, ColorModel::rgb, has_alpha);
  }
  // Floating point has the depth of its element, so more than 8 bits.
  const auto type = info.pixel.bit_depth > 8 ? ElementType::u16 : ElementType::u8;
  const auto color = info.pixel.color == ColorModel::gray ? ColorModel::gray : ColorModel::rgb;
  return PixelFormat::of(type, color, info.pixel.alpha);
}

}  // namespace imgbuf::codecs::png
