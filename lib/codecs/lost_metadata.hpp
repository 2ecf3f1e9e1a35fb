#pragma once

#include <string_view>

#include "imgbuf/context.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs {

/// Which metadata a format holds.
struct Holds {
  bool icc = false;
  bool exif = false;
  bool xmp = false;
  bool photoshop = false;
  bool resolution = false;
  bool chromaticities = false;
  bool text = false;
};

/// Warns of each kind of metadata that a picture has and a format does not hold, and of what its reader did not carry.
void warn_of_lost_metadata(std::string_view format, const Metadata& metadata, const Holds& holds,
                           const Context& context);

/// The same of what PNG alone says of colours: gamma, chromaticities and sRGB's intent, which says both others as well.
void warn_of_lost_colors(std::string_view format, const Metadata& metadata, bool holds_chromaticities,
                         const Context& context);

}  // namespace imgbuf::codecs
