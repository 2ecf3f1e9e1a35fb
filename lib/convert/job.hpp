#pragma once

#include <cstddef>
#include <functional>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::conversion {

/// Where the whole image is held, if anywhere.
enum class Held : unsigned char {
  nothing,    ///< strips pass through
  decoded,    ///< the decoder's rows; they are oriented and converted strip by strip on their way to the encoder
  converted,  ///< the encoder's rows; they are converted strip by strip as they come from the decoder
  both,       ///< decoder and encoder both need all rows at once, and the pixels are converted between them
};

/// What the runners need of a planned conversion. Borrows everything.
struct Job {
  Reader* reader = nullptr;
  const PixelConverter* converter = nullptr;  ///< null when the encoder takes what the decoder gives
  ImageInfo rows;                             ///< size and pixel format of what the decoder gives
  ImageInfo target;  ///< pixel format of what the encoder takes, not yet turned: its size is that of `rows`
  Orientation orientation = Orientation::upright;
  Arrangement arrangement;
  Held held = Held::nothing;
  std::ptrdiff_t rows_per_strip = 16;
  int strips = 1;
  int threads = 1;
  bool converts_in_decoder = false;  ///< with two threads: in which of them the pixels are converted
  /// Called on the calling thread when all rows are decoded and the reader has finished; gives the writer to use. Null
  /// where the writer already has rows by then.
  Writer* writer = nullptr;
  std::function<Writer&()> writer_after_decoding;
};

/// Holds strips; with two threads the decoder works in one of its own. @pre job.held is `nothing`
void run_streaming(const Job& job, Context& context);

/// Holds the image. @pre job.held is not `nothing`
void run_whole_image(const Job& job, Context& context);

/// The pixel memory that the runners allocate, pointer tables included.
[[nodiscard]] std::int64_t buffer_bytes(const Job& job);

}  // namespace imgbuf::conversion
