#pragma once

#include <cstddef>
#include <cstdint>

#include "convert/job.hpp"

namespace imgbuf::conversion {

/// Memory for some rows of a picture, any number of times.
struct Buffer {
  PixelFormat pixel;
  std::ptrdiff_t width = 0;
  std::ptrdiff_t rows = 0;
  Arrangement arrangement;
  int count = 0;

  /// One of them.
  [[nodiscard]] Image allocate() const;
  /// Of all, pointer tables included.
  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] Layout layout() const;
};

/// All pixel memory of a job: what its runners allocate and its plan counts. What is not needed has a count of 0.
struct Buffers {
  Buffer decoded_image;    ///< the file's rows
  Buffer output_image;     ///< the output's rows, turned and converted
  Buffer decoded_strip;    ///< the file's rows on their way
  Buffer turned_band;      ///< decoded pixels that have become rows of the output
  Buffer converted_strip;  ///< converted rows on their way, of the output unless they are still to be turned

  explicit Buffers(const Job& job);
  [[nodiscard]] std::int64_t bytes() const;
};

}  // namespace imgbuf::conversion
