#include "convert/output_metadata.hpp"

#include <cstddef>

#include "imgbuf/metadata_changes.hpp"

namespace imgbuf::conversion {

OutputMetadata output_metadata(const Metadata& input, const Geometry& geometry, const MetadataParts& parts) {
  OutputMetadata output{parts.apply(input), {}};
  if (geometry.oriented && orientation(input) != Orientation::upright)  // else nothing was turned for it
    set_orientation(output.metadata, Orientation::upright);
  output.losses =
      adapt(output.metadata, {.width = geometry.width(),
                              .height = geometry.height(),
                              .cut_or_turned = geometry.cropped || geometry.orientation != Orientation::upright,
                              .axes_swapped = transposes(geometry.orientation)});
  return output;
}

std::vector<std::string> late_metadata(const Metadata& before, const Metadata& after) {
  std::vector<std::string> names;
  for (std::size_t i = before.text.size(); i < after.text.size(); ++i) {
    names.push_back("text '" + after.text[i].keyword + "'");
  }
  const auto compare = [&names](const Blob& old_blob, const Blob& new_blob, const char* name) {
    if (old_blob.empty() && !new_blob.empty()) names.emplace_back(name);
  };
  for (std::size_t i = before.not_carried.size(); i < after.not_carried.size(); ++i)
    names.push_back(after.not_carried[i]);
  compare(before.exif, after.exif, "EXIF");
  compare(before.xmp, after.xmp, "XMP");
  compare(before.icc, after.icc, "the ICC profile");
  compare(before.photoshop, after.photoshop, "Photoshop's resources (IPTC)");
  return names;
}

}  // namespace imgbuf::conversion
