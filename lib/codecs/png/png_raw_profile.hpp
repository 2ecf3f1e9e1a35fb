#pragma once

#include <optional>
#include <string_view>

#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::png {

// A convention of ImageMagick's that other programs follow for profiles without a chunk of their own: a text whose
// keyword ends in the profile's kind, and which holds the kind, the number of bytes, and the bytes as hexadecimal
// digits, on lines of their own.

/// What keywords of such texts begin with; the kind follows.
inline constexpr std::string_view raw_profile_keyword = "Raw profile type ";

/// The bytes of the profile; nothing when the text holds none.
[[nodiscard]] std::optional<Blob> parse_raw_profile(std::string_view text);

/// @param kind  "iptc" for Photoshop resources with IPTC, "8bim" for others
[[nodiscard]] TextEntry make_raw_profile(std::string_view kind, const Blob& profile);

}  // namespace imgbuf::codecs::png
