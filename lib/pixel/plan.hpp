#pragma once

#include <vector>

#include "imgbuf/image_info.hpp"
#include "imgbuf/pixel.hpp"
#include "pixel/step.hpp"

namespace imgbuf::pixel {

/// Whether the transparent colour of a source counts: see `PixelConverter`.
[[nodiscard]] bool has_transparent_color(const ImageInfo& source) noexcept;

/// The steps from a source's pixels to a target's; none when they are the same but for byte order.
/// @throws as the constructor of `PixelConverter`
[[nodiscard]] std::vector<Step> plan_conversion(const ImageInfo& source, const PixelFormat& target,
                                                const BackgroundColor& background);

}  // namespace imgbuf::pixel
