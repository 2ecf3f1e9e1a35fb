#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imgbuf/metadata.hpp"

namespace imgbuf::cli {

/// One tag of EXIF, for people.
struct ExifTag {
  std::string directory;             ///< "IFD0", "IFD1" (of the thumbnail), "EXIF", "GPS", "Interoperability"
  std::string name;                  ///< as the EXIF standard has it; "0x1234" for one that is not known
  std::optional<std::string> value;  ///< nothing where its bytes have no known meaning
  std::string note;                  ///< why there is no value, or that it is cut
};

/// All tags, in the order of the file. Empty when the program was built without libexif.
/// @param exif  the TIFF structure; what is malformed is left out
[[nodiscard]] std::vector<ExifTag> exif_tags(const Blob& exif);

}  // namespace imgbuf::cli
