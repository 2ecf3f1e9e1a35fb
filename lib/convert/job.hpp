#pragma once

#include <cstddef>
#include <cstdint>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::conversion {

/// Where the whole image is held, if anywhere.
enum class Held : unsigned char {
  nothing,    ///< strips pass through
  decoded,    ///< the decoder's rows; they are converted strip by strip on their way to the encoder
  converted,  ///< the encoder's rows; they are converted strip by strip as they come from the decoder
  both,       ///< decoder and encoder need all rows at once, and the pixels are converted between them
};

/// What the runners need of a planned conversion. Borrows everything.
struct Job {
  Reader* reader = nullptr;
  const PixelConverter* converter = nullptr;  ///< null when the encoder takes what the decoder gives
  ImageInfo rows;                             ///< what the decoder gives: size and pixel format
  PixelFormat target;                         ///< what the encoder takes
  Orientation orientation = Orientation::upright;
  Arrangement arrangement;
  Held held = Held::nothing;
  std::ptrdiff_t rows_per_strip = 16;
  int strips = 1;                    ///< between decoder and encoder
  int threads = 1;                   ///< 1 or 2
  bool converts_in_decoder = false;  ///< with two threads: which of them converts the pixels

  /// The decoder's rows after conversion, not yet turned.
  [[nodiscard]] ImageInfo converted_rows() const;
  /// Rows of the output.
  [[nodiscard]] std::ptrdiff_t output_rows() const noexcept;
};

/// The pixel memory that a job allocates, pointer tables included.
[[nodiscard]] std::int64_t buffer_bytes(const Job& job);

/// Decodes, encodes and finishes the reader, a few strips at a time; with two threads the decoder works in one of its
/// own. The first error of either side ends both and is thrown. Callbacks are called on the calling thread.
/// @pre job.held is `nothing`
void run_streaming(const Job& job, Writer& writer, Context& context);

/// All pixels of a picture, in one or both of its forms.
struct HeldImages {
  Image decoded;
  Image converted;
};

/// Decodes everything and finishes the reader. @pre job.held is not `nothing`
[[nodiscard]] HeldImages decode_all(const Job& job, Context& context);
/// Encodes what `decode_all` gave.
void encode_all(const Job& job, const HeldImages& images, Writer& writer, Context& context);

}  // namespace imgbuf::conversion
