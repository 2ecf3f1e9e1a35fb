#pragma once

#include <string>

#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs::png {

/// What decoding gives for a PNG colour type and bit depth of the file.
[[nodiscard]] PixelFormat pixel_format(int color_type, int bit_depth) noexcept;
/// PNG's colour type for pixels that it can store.
[[nodiscard]] int color_type(const PixelFormat& pixel) noexcept;
/// "grayscale", "RGB", "palette", "grayscale+alpha", "RGB+alpha".
[[nodiscard]] std::string color_type_name(int color_type);

/// The functions of the codec table.
[[nodiscard]] bool can_store(const ImageInfo& info);
[[nodiscard]] PixelFormat nearest_storable(const ImageInfo& info);

}  // namespace imgbuf::codecs::png
