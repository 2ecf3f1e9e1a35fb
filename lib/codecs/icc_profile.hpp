#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs {

/// Why a file of such pixels cannot hold an ICC profile: it is for other colours, and readers would refuse it or show
/// wrong ones. Nothing when it can.
/// @see ICC.1:2022, section 7.2.8: the colour space of the device side stands at offset 16 of the header
inline std::optional<std::string> profile_mismatch(const Blob& profile, ColorModel color) {
  constexpr std::size_t offset = 16;
  constexpr std::size_t name_size = 4;
  const bool is_gray = color == ColorModel::gray;
  const bool is_cmyk = color == ColorModel::cmyk;
  std::string found;
  if (profile.size() >= offset + name_size) {
    found.assign(reinterpret_cast<const char*>(profile.data()) + offset, name_size);
  }
  if (found == (is_gray ? "GRAY" : is_cmyk ? "CMYK" : "RGB ")) return std::nullopt;
  std::replace_if(
      found.begin(), found.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return "the ICC profile of " + std::to_string(profile.size()) + " bytes is not kept: its colour space '" + found +
         "' is not that of " +
         (is_gray   ? "gray"
          : is_cmyk ? "CMYK"
                    : "RGB") +
         " pixels";
}

}  // namespace imgbuf::codecs
