#pragma once

#include <libexif/exif-data.h>

#include <optional>
#include <string>

namespace imgbuf::cli {

/// The value of one tag, for people.
struct ExifValue {
  std::optional<std::string>
      text;          ///< UTF-8 as far as the file's text is; nothing where the bytes have no known meaning
  std::string note;  ///< why there is no text, or that it is cut
};

/// A word where EXIF has one for a value, else its number or text.
/// @param entry      that belongs to data
/// @param directory  where it stands
[[nodiscard]] ExifValue exif_value(ExifEntry& entry, ExifIfd directory);

}  // namespace imgbuf::cli
