#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/view.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::conversion {

/// Where the whole image is held, if anywhere.
enum class Held : unsigned char {
  nothing,  ///< strips pass through
  decoded,  ///< the decoder's rows, or the file itself; they are turned and converted on their way to the encoder
  output,   ///< the encoder's rows; they are converted and turned as they come from the decoder
  both,     ///< decoder and encoder need all rows at once, and pixels change or rows become columns between them
};

/// What the runners need of a planned conversion. Borrows reader and converter.
struct Job {
  Reader* reader = nullptr;
  const PixelConverter* converter = nullptr;  ///< null when the encoder takes what is decoded and selected
  ImageInfo rows;                             ///< what the decoder gives: size and pixel format
  std::vector<int> selection;                 ///< the channels of it that are seen; all when empty
  ImageInfo selected;                         ///< `rows` with these channels only
  PixelFormat target;                         ///< what the encoder takes
  Orientation orientation = Orientation::upright;
  Arrangement arrangement;
  Held held = Held::nothing;
  /// The decoder's rows where they lie in the file, of all of them: nothing is decoded, and what counts as held by the
  /// decoder takes no memory. `held` is then `decoded` or `both`.
  std::optional<AnyConstView> in_file;
  std::ptrdiff_t rows_per_strip = 16;
  int strips = 1;                    ///< between decoder and encoder
  int threads = 1;                   ///< 1 or 2
  bool converts_in_decoder = false;  ///< with two threads: which of them converts the pixels

  [[nodiscard]] std::ptrdiff_t output_width() const noexcept;
  [[nodiscard]] std::ptrdiff_t output_height() const noexcept;
  /// Rows become columns of a held image: pixels are then copied in bands, because a codec that walked columns would
  /// read a line of the cache for each pixel.
  [[nodiscard]] bool copies_turned() const noexcept;
  /// The decoder's rows go where the encoder takes them from, in a view that turns them.
  [[nodiscard]] bool decodes_into_output() const noexcept;

  /// The decoder's rows as they are to be seen: the selected channels, turned.
  [[nodiscard]] AnyConstView seen(const AnyConstView& decoded) const;
  [[nodiscard]] Layout seen(const Layout& decoded) const;
  /// A part of `in_file` as it is to be seen. Valid until the next call. @throws as `Reader::view`
  [[nodiscard]] AnyConstView seen_in_file(const Region& part) const;
};

/// Decodes, encodes and finishes the reader, a few strips at a time; with two threads the decoder works in one of its
/// own. The first error of either side ends both and is thrown. Callbacks are called on the calling thread.
/// @pre job.held is `nothing`
void run_streaming(const Job& job, Writer& writer, Context& context);

/// All pixels of a picture, in one or both of its forms.
struct HeldImages {
  Image decoded;
  Image output;
};

/// Decodes everything and finishes the reader; nothing when the rows are taken where they lie in the file. @pre job.held is not `nothing`
[[nodiscard]] HeldImages decode_all(const Job& job, Context& context);
/// Encodes what `decode_all` gave. Finishes the reader when it takes rows from the file.
void encode_all(const Job& job, const HeldImages& images, Writer& writer, Context& context);

}  // namespace imgbuf::conversion
