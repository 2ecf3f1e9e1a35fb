#pragma once

#include <array>
#include <cstdint>

#include "codecs/stored/stored_picture.hpp"

namespace imgbuf::codecs::bmp {

constexpr std::size_t file_header_bytes = 14;
/// Sizes of the second header, by which its versions are told apart.
constexpr std::uint32_t core_bytes = 12, short_os2_bytes = 16, info_bytes = 40, v2_bytes = 52, v3_bytes = 56,
                        os2_bytes = 64, v4_bytes = 108, v5_bytes = 124;
/// Values of `Header::compression`.
constexpr std::uint32_t rgb = 0, rle8 = 1, rle4 = 2, bitfields = 3, jpeg = 4, png = 5, alpha_bitfields = 6;
/// A colour space of V4's and V5's: by end points and gamma; of V5's: the profile is in the file, or its name is.
constexpr std::uint32_t calibrated = 0, embedded_profile = 0x4d424544, linked_profile = 0x4c494e4b;

/// The fields of both headers that matter, whatever their version.
struct Header {
  std::uint64_t pixel_offset = 0;
  std::uint32_t header_bytes = 0;  ///< of the second header
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool is_top_down = false;
  std::uint32_t bits = 0;  ///< of a pixel
  std::uint32_t compression = rgb;
  std::array<std::uint32_t, 4> masks{};  ///< red, green, blue, alpha: of the pixel as a little-endian number
  std::uint64_t palette_offset = 0;
  std::uint32_t palette_entries = 0;
  std::int32_t x_per_metre = 0;
  std::int32_t y_per_metre = 0;
  std::uint32_t color_space = 0;
  bool is_calibrated = false;        ///< end points and gamma are given
  std::uint64_t profile_offset = 0;  ///< in the file
  std::uint32_t profile_bytes = 0;
};

/// @throws Error{corrupt_data, truncated_data}; Error{unsupported} naming the compression
/// @see https://learn.microsoft.com/windows/win32/gdi/bitmap-storage; [MS-WMF] 2.2.2
[[nodiscard]] Header read_header(FileBytes& file);

/// Reads headers, palette and, where the file can be gone through, the ICC profile.
/// @throws as `read_header`; Error{limit_exceeded}
[[nodiscard]] StoredPicture parse(FileBytes& file, const Limits& limits);

}  // namespace imgbuf::codecs::bmp
