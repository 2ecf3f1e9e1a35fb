#pragma once

#include "imgbuf/metadata.hpp"

namespace imgbuf::samples {

/// A small ICC profile of version 2: sRGB's primaries (adapted to D50), a gamma of 2.2 for each channel.
/// @see ICC.1:2001-04
[[nodiscard]] Blob make_rgb_profile();

/// What a camera might write: maker, model, orientation, resolution, time, exposure.
/// @param big_endian  the byte order, "MM" or "II"
/// @see EXIF 2.32
[[nodiscard]] Blob make_exif(Orientation orientation, bool big_endian);

/// An XMP packet with a title and a rating.
[[nodiscard]] Blob make_xmp();

}  // namespace imgbuf::samples
