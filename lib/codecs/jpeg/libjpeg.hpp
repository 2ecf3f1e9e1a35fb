#pragma once

// jpeglib.h uses size_t and FILE without declaring them; the numbers in jerror.h depend on what jpeglib.h defines.
// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

namespace imgbuf::codecs::jpeg {

// Marker codes and the identifiers that begin their data.
inline constexpr int marker_app0 = JPEG_APP0;
inline constexpr int marker_app1 = JPEG_APP0 + 1;
inline constexpr int marker_app2 = JPEG_APP0 + 2;
inline constexpr int marker_app13 = JPEG_APP0 + 13;
inline constexpr int marker_app14 = JPEG_APP0 + 14;
inline constexpr int marker_app15 = JPEG_APP0 + 15;
inline constexpr int marker_com = JPEG_COM;

/// The most data that one marker holds: its 16-bit length counts itself.
inline constexpr std::size_t max_marker_bytes = 65533;

/// The largest width and height that libjpeg handles; the format's own limit is 65535.
inline constexpr long max_dimension = JPEG_MAX_DIMENSION;

/// The bytes of a whole image's coefficients, which libjpeg holds when a file has several scans: 64 of 2 bytes a block.
template <class Info>
[[nodiscard]] inline long long coefficient_bytes(const Info& cinfo) noexcept {
  const auto padded = [](JDIMENSION blocks, int factor) {
    const auto step = static_cast<long long>(factor);
    return (static_cast<long long>(blocks) + step - 1) / step * step;
  };
  long long blocks = 0;
  for (int c = 0; c < cinfo.num_components; ++c) {
    const jpeg_component_info& component = cinfo.comp_info[c];
    blocks += padded(component.width_in_blocks, component.h_samp_factor) *
              padded(component.height_in_blocks, component.v_samp_factor);
  }
  return blocks * DCTSIZE2 * static_cast<long long>(sizeof(JCOEF));
}

}  // namespace imgbuf::codecs::jpeg
