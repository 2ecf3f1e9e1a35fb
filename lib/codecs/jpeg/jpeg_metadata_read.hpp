#pragma once

#include <string_view>

#include "codecs/jpeg/jpeg_errors.hpp"
#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::jpeg {

/// Makes libjpeg keep all application markers and comments that it meets from now on.
void save_metadata_markers(jpeg_decompress_struct& cinfo) noexcept;
/// Makes it skip them again.
void skip_metadata_markers(jpeg_decompress_struct& cinfo) noexcept;

/// The metadata in the markers that were kept.
/// @throws Error{limit_exceeded} when they hold more than limits.max_metadata_bytes
/// @see JFIF 1.02; EXIF 2.32 section 4.7.2; XMP specification part 3, section 1.1.3; ICC.1:2022 annex B.4
[[nodiscard]] Metadata read_metadata(jpeg_decompress_struct& cinfo, ErrorState& errors, const Limits& limits,
                                     std::string_view place);

}  // namespace imgbuf::codecs::jpeg
