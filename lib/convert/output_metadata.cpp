#include "convert/output_metadata.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "image/exif_bytes.hpp"

namespace imgbuf::conversion {

namespace {

bool changes_picture(const Geometry& geometry) noexcept {
  return geometry.cropped || geometry.orientation != Orientation::upright;
}

/// Where XMP has an orientation: as an attribute, tiff:Orientation="6", or as an element,
/// <tiff:Orientation>6</tiff:Orientation>.
std::vector<std::size_t> orientation_digits(const Blob& xmp) {
  constexpr std::string_view name = "tiff:Orientation";
  const std::string_view text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
  std::vector<std::size_t> digits;
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + name.size())) {
    std::size_t digit = at + name.size();
    while (digit < text.size() && std::string_view(" \t\r\n='\">").find(text[digit]) != std::string_view::npos) ++digit;
    if (digit > at + name.size() && digit < text.size() && text[digit] >= '1' && text[digit] <= '8')
      digits.push_back(digit);
  }
  return digits;
}

}  // namespace

bool loses_thumbnail(const Metadata& input, const Geometry& geometry, const MetadataParts& parts) noexcept {
  return parts.exif && changes_picture(geometry) && image::has_thumbnail(input.exif);
}

Metadata output_metadata(const Metadata& input, const Geometry& geometry, const MetadataParts& parts) {
  Metadata metadata = parts.apply(input);
  if (geometry.oriented && orientation(input) != Orientation::upright) {  // else nothing was turned for it
    set_orientation(metadata, Orientation::upright);
    set_xmp_upright(metadata.xmp);
  }
  if (changes_picture(geometry)) {
    image::set_exif_size(metadata.exif, static_cast<std::size_t>(geometry.width()),
                         static_cast<std::size_t>(geometry.height()));
    image::drop_thumbnail(metadata.exif);
  }
  if (transposes(geometry.orientation) && metadata.resolution) {
    std::swap(metadata.resolution->x, metadata.resolution->y);
  }
  return metadata;
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

void set_xmp_upright(Blob& xmp) {
  // One digit stands for another, so nothing moves.
  for (const std::size_t digit : orientation_digits(xmp)) xmp[digit] = std::byte{'1'};
}

bool is_xmp_upright(const Blob& xmp) {
  const std::vector<std::size_t> digits = orientation_digits(xmp);
  return std::all_of(digits.begin(), digits.end(), [&](std::size_t digit) { return xmp[digit] == std::byte{'1'}; });
}

}  // namespace imgbuf::conversion
