#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pixel_rows.hpp"

namespace imgbuf::bench {

// What one writes by hand with libpng alone: the limit of imgbuf's PNG codec. Buffers are of the size that imgbuf uses.

/// @throws std::runtime_error when libpng fails or the picture is not of the rows' size
void decode_png(std::span<const std::byte> file, const PixelRows& pixels);

/// @param level  zlib's, 0 to 9
/// @param out    replaced; its capacity is reused
void encode_png(const PixelRows& pixels, int level, std::vector<std::byte>& out);

}  // namespace imgbuf::bench
