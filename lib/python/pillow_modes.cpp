#include "python/pillow_modes.hpp"

#include <algorithm>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::python {

namespace {

std::vector<PillowMode> make_modes() {
  const Format u8 = ElementType::u8;
  const Format u16_little(ElementType::u16, ByteOrder::little);
  const Format u16_big(ElementType::u16, ByteOrder::big);
  const std::vector<std::string> gray{"gray"};
  return {
      {"L", u8, 1, 1, gray, ColorModel::gray},
      {"1", u8, 1, 1, {"bilevel"}, ColorModel::gray},  // a byte a pixel: 0 is black, all else is white
      {"P", u8, 1, 1, {"index"}, ColorModel::palette},
      {"LA", u8, 4, 3, {"gray", "alpha"}, ColorModel::gray, true},
      {"PA", u8, 4, 3, {"index", "alpha"}, ColorModel::palette, true},
      {"RGB", u8, 4, 1, {"red", "green", "blue"}, ColorModel::rgb},
      {"RGBA", u8, 4, 1, {"red", "green", "blue", "alpha"}, ColorModel::rgb, true},
      {"CMYK", u8, 4, 1, {"cyan", "magenta", "yellow", "black"}, ColorModel::cmyk},
      {"I;16", u16_little, 2, 2, gray, ColorModel::gray},
      {"I;16L", u16_little, 2, 2, gray, ColorModel::gray},
      {"I;16B", u16_big, 2, 2, gray, ColorModel::gray},
      {"I;16N", ElementType::u16, 2, 2, gray, ColorModel::gray},
      {"I", ElementType::i32, 4, 4, gray, ColorModel::gray},
      {"F", ElementType::f32, 4, 4, gray, ColorModel::gray},
      {"RGBX", u8, 4, 1, {"red", "green", "blue", "padding"}, {}},
      {"YCbCr", u8, 4, 1, {"luma", "blue_difference", "red_difference"}, {}},
      {"LAB", u8, 4, 1, {"lightness", "a", "b"}, {}},
      {"HSV", u8, 4, 1, {"hue", "saturation", "value"}, {}},
      // Premultiplied: not the alpha that imgbuf's colour models have.
      {"RGBa", u8, 4, 1, {"red", "green", "blue", "premultiplied_alpha"}, {}},
      {"La", u8, 4, 3, {"gray", "premultiplied_alpha"}, {}},
  };
}

}  // namespace

std::span<const PillowMode> pillow_modes() {
  static const std::vector<PillowMode> modes = make_modes();
  return modes;
}

const PillowMode& pillow_mode(std::string_view name) {
  const std::span<const PillowMode> modes = pillow_modes();
  const auto found =
      std::find_if(modes.begin(), modes.end(), [&](const PillowMode& mode) { return mode.name == name; });
  if (found == modes.end())
    throw Error(ErrorCode::unsupported, "Pillow's mode '" + std::string(name) + "' is not known: convert() it first");
  return *found;
}

}  // namespace imgbuf::python
