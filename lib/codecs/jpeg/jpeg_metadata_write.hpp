#pragma once

#include <string_view>

#include "codecs/jpeg/jpeg_errors.hpp"
#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs::jpeg {

/// Puts the resolution where `jpeg_start_compress` writes it, if the picture gets a JFIF marker. After the colour space
/// is chosen. What cannot be kept exactly is warned of.
void set_resolution(jpeg_compress_struct& cinfo, const Metadata& metadata, Context& context);

/// Writes all other metadata as markers, after `jpeg_start_compress` and before the first row. What JPEG cannot hold is
/// warned of, a line each.
/// @see EXIF 2.32 section 4.7.2; XMP specification part 3, section 1.1.3; ICC.1:2022 annex B.4
void write_metadata(jpeg_compress_struct& cinfo, ErrorState& errors, const ImageInfo& info, Context& context,
                    std::string_view place);

}  // namespace imgbuf::codecs::jpeg
