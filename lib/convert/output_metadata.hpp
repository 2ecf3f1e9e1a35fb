#pragma once

#include <string>
#include <vector>

#include "convert/geometry.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/metadata_parts.hpp"

namespace imgbuf::conversion {

/// What the output says beside its pixels.
[[nodiscard]] Metadata output_metadata(const Metadata& input, const Geometry& geometry, const MetadataParts& parts);

/// What `after` has and `before` lacks, a name each: "text 'Comment'", "EXIF".
[[nodiscard]] std::vector<std::string> late_metadata(const Metadata& before, const Metadata& after);

/// Sets XMP's `tiff:Orientation` to 1 where it is there, so that no viewer turns the picture a second time.
void set_xmp_upright(Blob& xmp) noexcept;

}  // namespace imgbuf::conversion
