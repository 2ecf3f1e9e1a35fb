#pragma once

#include "imgbuf/context.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs {

/// Whether two formats are the same but for byte order.
[[nodiscard]] bool same_pixels(const PixelFormat& a, const PixelFormat& b) noexcept;

/// Whether some pixel that is stored in no alpha channel may be transparent: by a palette or a transparent colour.
[[nodiscard]] bool has_hidden_alpha(const ImageInfo& info) noexcept;

/// The pixels of `info` without palette and transparent colour: RGB(A) and alpha say the same.
[[nodiscard]] PixelFormat without_palette(const ImageInfo& info) noexcept;

/// Whether pixels are indices into a palette without alpha, of at most 8 bits.
[[nodiscard]] bool is_opaque_palette(const ImageInfo& info) noexcept;

/// Whether pixels are gray samples without alpha of fewer than 8 bits in a `u8`.
[[nodiscard]] bool is_packed_gray(const PixelFormat& pixel) noexcept;

/// The picture's ICC profile, when it says that it is for colours of this model; nothing, and a warning, when it does
/// not.
[[nodiscard]] Blob fitting_profile(const Metadata& metadata, ColorModel color, const Context& context);

}  // namespace imgbuf::codecs
