#pragma once

#include "imgbuf/metadata.hpp"

namespace imgbuf::image {

/// Sets XMP's `tiff:Orientation` where it is there; every other byte stays.
void set_xmp_orientation(Blob& xmp, Orientation orientation) noexcept;

/// Whether XMP says no orientation but 1.
[[nodiscard]] bool is_xmp_upright(const Blob& xmp) noexcept;

}  // namespace imgbuf::image
