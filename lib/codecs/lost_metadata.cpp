#include "codecs/lost_metadata.hpp"

#include <cstdio>
#include <string>

namespace imgbuf::codecs {

void warn_of_lost_metadata(std::string_view format, const Metadata& metadata, const Holds& holds,
                           const Context& context) {
  const auto warn = [&](bool is_lost, const std::string& what) {
    if (is_lost) context.warn(std::string(format) + " cannot hold " + what);
  };
  const auto warn_of_blob = [&](const Blob& blob, bool is_held, const char* what, const std::string& more = {}) {
    warn(!blob.empty() && !is_held, std::string(what) + " (" + std::to_string(blob.size()) + " bytes)" + more);
  };
  const Orientation stored = orientation(metadata);
  const std::string lies = stored == Orientation::upright
                               ? std::string()
                               : " with orientation " + std::to_string(static_cast<int>(stored)) +
                                     ": the picture is shown as it is stored, not turned";
  warn_of_blob(metadata.icc, holds.icc, "an ICC profile");
  warn_of_blob(metadata.exif, holds.exif, "EXIF", lies);
  warn_of_blob(metadata.xmp, holds.xmp, "XMP");
  warn_of_blob(metadata.xmp_extended, false, "extended XMP");
  warn_of_blob(metadata.photoshop, holds.photoshop, "Photoshop's resources (IPTC)");
  warn(metadata.resolution && !holds.resolution, "a resolution");
  warn_of_lost_colors(format, metadata, holds.chromaticities, context);
  warn(!metadata.text.empty() && !holds.text, "text (" + std::to_string(metadata.text.size()) + " entries)");
  for (const std::string& phrase : metadata.not_carried) context.warn("not kept: " + phrase);
}

void warn_of_lost_colors(std::string_view format, const Metadata& metadata, bool holds_chromaticities,
                         const Context& context) {
  const auto warn = [&](const std::string& what) { context.warn(std::string(format) + " cannot hold " + what); };
  if (metadata.srgb_intent) return warn("sRGB's rendering intent");
  if (metadata.gamma_100000) {
    char gamma[32];
    std::snprintf(gamma, sizeof gamma, "gamma %.5f", *metadata.gamma_100000 / 100000.0);
    warn(gamma);
  }
  if (metadata.chromaticities && !holds_chromaticities) warn("the chromaticities of the primaries");
}

}  // namespace imgbuf::codecs
