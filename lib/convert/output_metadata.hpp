#pragma once

#include <string>
#include <vector>

#include "convert/geometry.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/metadata_parts.hpp"

namespace imgbuf::conversion {

/// What the output says beside its pixels. Where the picture is cut or turned, the tags of EXIF that say its size follow,
/// and its thumbnail goes; otherwise no byte of EXIF changes but an orientation that was applied.
[[nodiscard]] Metadata output_metadata(const Metadata& input, const Geometry& geometry, const MetadataParts& parts);

/// Whether the input has a thumbnail in EXIF that the output has not.
[[nodiscard]] bool loses_thumbnail(const Metadata& input, const Geometry& geometry,
                                   const MetadataParts& parts) noexcept;

/// What `after` has and `before` lacks, a name each: "text 'Comment'", "EXIF".
[[nodiscard]] std::vector<std::string> late_metadata(const Metadata& before, const Metadata& after);

/// Sets XMP's `tiff:Orientation` to 1 where it is there, so that no viewer turns the picture a second time.
void set_xmp_upright(Blob& xmp);
/// Whether XMP says no orientation but 1.
[[nodiscard]] bool is_xmp_upright(const Blob& xmp);

}  // namespace imgbuf::conversion
