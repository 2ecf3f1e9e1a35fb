#pragma once

#include <cstddef>
#include <span>

#include "pixel_rows.hpp"

namespace imgbuf::bench {

// What one writes by hand with libjpeg-turbo alone: the limit of imgbuf's JPEG codec.

/// @throws std::runtime_error when libjpeg fails or the picture is not of the rows' size
void decode_jpeg(std::span<const std::byte> file, const PixelRows& pixels);

/// 4:2:0, baseline.
/// @param quality  1 to 100
/// @param out      large enough for the file; `roomy_jpeg_bytes` always is
/// @return the file's bytes, from the start of `out`
/// @throws std::runtime_error when libjpeg fails or `out` is too small
std::span<std::byte> encode_jpeg(const PixelRows& pixels, int quality, std::span<std::byte> out);

/// More bytes than any picture of this size takes at the qualities that people use.
[[nodiscard]] std::size_t roomy_jpeg_bytes(const PixelRows& pixels);

}  // namespace imgbuf::bench
