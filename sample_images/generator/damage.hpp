#pragma once

#include <cstddef>
#include <vector>

namespace imgbuf::samples {

using Bytes = std::vector<std::byte>;

// Each takes a good file apart just far enough to break one thing in it.

/// Ends in the middle of the pixels.
[[nodiscard]] Bytes truncated_png(Bytes file);
[[nodiscard]] Bytes truncated_jpeg(Bytes file);
/// The checksum of the pixels' chunk is wrong, the pixels are right.
[[nodiscard]] Bytes png_with_wrong_crc(Bytes file);
/// The compressed pixels are damaged, the checksum of their chunk is right.
[[nodiscard]] Bytes png_with_damaged_pixels(Bytes file);
/// Bits in the middle of the pixels that are no Huffman code.
[[nodiscard]] Bytes jpeg_with_invalid_code(Bytes file);

/// A PNG without pixels whose header claims the largest size that PNG has.
[[nodiscard]] Bytes png_of_absurd_size();

}  // namespace imgbuf::samples
