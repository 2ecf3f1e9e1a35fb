#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/convert.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::conversion {

/// What the rows become before they are encoded.
struct Target {
  PixelFormat pixel;
  bool converts = false;              ///< the pixels have to be converted; palette and transparent colour then go
  std::vector<std::string> warnings;  ///< what is lost on the way, a line each
};

/// The pixel format that was asked for, or the nearest that `format` can store.
/// @param rows  what the decoder gives
/// @throws Error{invalid_argument} when an explicit request cannot be stored
[[nodiscard]] Target choose_target(const ImageInfo& rows, std::string_view format, const ConvertOptions& options);

/// Whether some pixel may not be opaque: an alpha channel, a transparent colour, or a palette with alpha.
[[nodiscard]] bool has_transparency(const ImageInfo& info) noexcept;

/// "#ffffff", or "#ffff80000000" when 8 bits do not say it.
[[nodiscard]] std::string to_string(const BackgroundColor& color);

}  // namespace imgbuf::conversion
