#include "codecs/stored/storable.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "codecs/icc_profile.hpp"

namespace imgbuf::codecs {

bool same_pixels(const PixelFormat& a, const PixelFormat& b) noexcept {
  return a.format.type() == b.format.type() && a.color == b.color && a.alpha == b.alpha && a.bit_depth == b.bit_depth;
}

bool has_hidden_alpha(const ImageInfo& info) noexcept {
  return info.transparent_color.has_value() ||
         std::any_of(info.palette.begin(), info.palette.end(), [](const PaletteEntry& e) { return e.alpha != 255; });
}

PixelFormat without_palette(const ImageInfo& info) noexcept {
  PixelFormat pixel = info.pixel;
  if (pixel.color == ColorModel::palette)
    return PixelFormat::of(ElementType::u8, ColorModel::rgb, pixel.alpha || has_hidden_alpha(info));
  // A transparent colour names samples; where it becomes alpha, samples have all bits of their type.
  if (info.transparent_color) pixel = PixelFormat::of(pixel.format.type(), pixel.color, true);
  return pixel;
}

bool is_opaque_palette(const ImageInfo& info) noexcept {
  const PixelFormat& pixel = info.pixel;
  return pixel.color == ColorModel::palette && !pixel.alpha && pixel.format.type() == ElementType::u8 &&
         pixel.bit_depth >= 1 && pixel.bit_depth <= 8 && !info.palette.empty() &&
         info.palette.size() <= std::size_t{1} << pixel.bit_depth && !has_hidden_alpha(info);
}

bool is_packed_gray(const PixelFormat& pixel) noexcept {
  return pixel.color == ColorModel::gray && !pixel.alpha && pixel.format.type() == ElementType::u8 &&
         pixel.bit_depth < 8;
}

Blob fitting_profile(const Metadata& metadata, ColorModel color, const Context& context) {
  if (metadata.icc.empty()) return {};
  const std::optional<std::string> mismatch = profile_mismatch(metadata.icc, color);
  if (!mismatch) return metadata.icc;
  context.warn(*mismatch);
  return {};
}

}  // namespace imgbuf::codecs
