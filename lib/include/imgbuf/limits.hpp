#pragma once

#include <cstdint>

namespace imgbuf {

/// What untrusted input may cost. Passed per call; a reader checks them before it allocates.
/// Exceeding one is an `Error` with `ErrorCode::limit_exceeded` that names the limit.
struct Limits {
  std::int64_t max_width = 1'000'000;                        ///< pixels
  std::int64_t max_height = 1'000'000;                       ///< pixels
  std::int64_t max_pixels = std::int64_t{1} << 34;           ///< width x height of the file
  std::int64_t max_image_bytes = std::int64_t{8} << 30;      ///< one whole image held in memory, codec state included
  std::int64_t max_metadata_bytes = std::int64_t{64} << 20;  ///< all metadata of one file together
  int max_scans = 500;                                       ///< scans of a progressive JPEG
};

}  // namespace imgbuf
