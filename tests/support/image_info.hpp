#pragma once

#include <cstddef>

#include "imgbuf/image_info.hpp"

namespace imgbuf::test {

/// A picture of a size and nothing else that is worth saying.
[[nodiscard]] inline ImageInfo info_of(std::ptrdiff_t height, std::ptrdiff_t width, ColorModel color = ColorModel::rgb,
                                       ElementType type = ElementType::u8) {
  ImageInfo info;
  info.height = height;
  info.width = width;
  info.pixel = PixelFormat::of(type, color);
  return info;
}

[[nodiscard]] inline ImageInfo gray_info(std::ptrdiff_t height, std::ptrdiff_t width,
                                         ElementType type = ElementType::u8) {
  return info_of(height, width, ColorModel::gray, type);
}

}  // namespace imgbuf::test
