#pragma once

#include <cstddef>

namespace imgbuf::bench {

/// OpenCV's rotation to the right of packed rows, on one thread.
/// @param channels         1 to 4
/// @param bytes_a_channel  1, 2 (integers) or 4 (floating point)
/// @param target           of width rows of height pixels
void rotate_by_opencv(const std::byte* source, std::ptrdiff_t height, std::ptrdiff_t width, int channels,
                      int bytes_a_channel, std::byte* target);

}  // namespace imgbuf::bench
