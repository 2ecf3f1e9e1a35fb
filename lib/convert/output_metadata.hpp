#pragma once

#include <string>
#include <vector>

#include "convert/geometry.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/metadata_parts.hpp"

namespace imgbuf::conversion {

/// What the output says beside its pixels.
struct OutputMetadata {
  Metadata metadata;
  std::vector<std::string> losses;  ///< what it no longer says because it is not true of the output, a phrase each
};

/// The parts that are kept, as they were but for what the geometry changes (`adapt`) and an orientation that was
/// applied.
[[nodiscard]] OutputMetadata output_metadata(const Metadata& input, const Geometry& geometry,
                                             const MetadataParts& parts);

/// What `after` has and `before` lacks, a name each: "text 'Comment'", "EXIF".
[[nodiscard]] std::vector<std::string> late_metadata(const Metadata& before, const Metadata& after);

}  // namespace imgbuf::conversion
