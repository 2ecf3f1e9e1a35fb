#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/source.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A rectangle of pixels.
struct Region {
  std::ptrdiff_t x = 0;
  std::ptrdiff_t y = 0;
  std::ptrdiff_t width = 0;
  std::ptrdiff_t height = 0;
  friend bool operator==(const Region&, const Region&) = default;
};

/// What to decode.
struct DecodeOptions {
  /// The pixels wanted, in the coordinates of the (scaled) picture; all when absent. What is decoded equals the same
  /// crop of the full decode.
  std::optional<Region> region = {};
  /// Decode at 1/scale of the size, as far as the codec can without decoding all: 1, and for JPEG also 2, 4, 8. The
  /// size is rounded up.
  int scale = 1;
  /// RGB(A) or gray of at least 8 bits instead of palettes, sub-byte gray, transparent colours and CMYK; see
  /// `expanded`.
  bool expand = false;
  /// The channels wanted, in this order, as indices into what would be decoded without it; all when empty.
  std::vector<int> channels = {};
  Limits limits = {};
};

/// Decodes one picture. It tells what the file holds before it decodes a pixel, then decodes rows **into the caller's
/// view**, whatever its layout. Where the codec's rows and the view's rows hold the same elements the same way, the
/// codec writes into the view's memory directly; otherwise the pixels pass through a scratch row and are counted in the
/// context.
///
///     auto reader = open_reader(Source::file("photo.png"));
///     ImageInfo info = reader->start({});
///     Image image = Image::allocate(info, Arrangement::rows());
///     reader->read_rows(image.view(), context);
///
/// Not thread-safe; different readers are independent.
class IMGBUF_API Reader {
 public:
  virtual ~Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// The file's native form: size, pixel format, palette, metadata, and how the file stores them.
  [[nodiscard]] const ImageInfo& info() const noexcept { return info_; }

  /// Looks now for metadata that stands behind the pixels, where the source can be sought in and the format keeps it
  /// there (PNG's text and EXIF); it is then in `info()`. Without it `finish` finds it. Nothing of a file that ends or
  /// breaks on the way is taken. Called before `start`.
  /// @throws Error{limit_exceeded, io_failure}; the reader is then only good for destruction
  virtual void scan_metadata() {}

  /// Chooses what is decoded and returns what the rows will be. Called once, before `read_rows`; after an error the
  /// reader is only good for destruction.
  /// @throws Error{invalid_argument} for a region outside the picture, a channel that is none, or a scale below 1;
  ///         Error{unsupported} for a scale that the codec cannot; Error{limit_exceeded}
  ImageInfo start(const DecodeOptions& options);

  /// Whether rows can only come all at once (an interlaced PNG): then one `read_rows` takes a view of all rows.
  /// Valid after `start`.
  [[nodiscard]] virtual bool needs_whole_image() const noexcept { return false; }

  /// Memory the codec holds for itself beside the caller's view, in bytes, as far as it is known (a progressive JPEG's
  /// coefficients). Valid after `start`.
  [[nodiscard]] virtual std::int64_t codec_bytes() const noexcept { return 0; }

  /// Whether rows of this layout and format would be decoded in place; if not, their bytes pass through scratch.
  /// Valid after `start`.
  [[nodiscard]] virtual bool decodes_in_place(const Layout& layout, Format format) const noexcept = 0;

  /// Decodes the next destination.extent(0) rows. The view's shape is (rows, width, channels) of the info that `start`
  /// returned; its element type is that info's, its byte order may be either.
  /// @throws Error{corrupt_data, truncated_data, io_failure, cancelled} naming the source; Error{invalid_argument}
  ///         when the view's shape is not what was agreed or more rows are asked for than are left;
  ///         Error{format_mismatch}. After an error the rows of this call are undefined and the reader is only good
  ///         for destruction.
  void read_rows(const AnyView& destination, Context& context);

  /// Whether `view` gives the rows where they lie: the file stores them as they are, and its source has all bytes in
  /// memory or in a map (`Source::allow_map`). Valid after `start`.
  [[nodiscard]] virtual bool has_view() const noexcept { return false; }

  /// A part of the rows where they lie, in place of `read_rows`: nothing is decoded, and no pixel copied. Parts come in
  /// any order and as often as wanted. The view has shape (part's rows, part's columns, channels), the element type of
  /// the info that `start` returned, and the file's byte order. It may be looked at until the next call or the
  /// reader's end, and its addresses stay; but pages of parts that were looked at before may leave the process' memory,
  /// so that a walk through a huge file needs a few MiB.
  /// @param part  in pixels of the rows that `start` agreed on
  /// @throws Error{invalid_argument} when there is no view, or the part is not inside; as `require_intact`
  [[nodiscard]] AnyConstView view(const Region& part);

  /// @throws as `Source::require_intact`: what `view` has shown since is then not what the file had. `view` and `finish`
  ///         ask as well
  void require_intact() const;

  /// Rows read so far.
  [[nodiscard]] std::ptrdiff_t rows_read() const noexcept { return rows_read_; }

  /// Checks what follows the pixels, and reads metadata that stands there, into `info()`. Called after the last row, or
  /// when enough was seen by `view`.
  /// Where a region ends above the picture's last row, the rest of the file is not decoded: damage there is not seen.
  /// @throws Error{invalid_argument} when rows are left and there is no view of them; else as `read_rows`
  void finish(Context& context);

 protected:
  Reader(std::unique_ptr<Source> source, const Limits& limits) : source_(std::move(source)), limits_(limits) {}

  /// Prepares decoding and returns the info of what `decode` will give. Region and scale are checked already.
  virtual ImageInfo prepare(const DecodeOptions& options) = 0;
  /// Decodes the next rows; the view's shape and element type are checked already.
  virtual void decode(const AnyView& destination, Context& context) = 0;
  /// @pre has_view(); the part is inside
  [[nodiscard]] virtual AnyConstView view_part(const Region& part);
  /// Checks what follows the pixels; all rows were read or seen.
  virtual void end(Context& context) = 0;

  [[nodiscard]] Source& source() const noexcept { return *source_; }

  std::unique_ptr<Source> source_;
  Limits limits_;
  ImageInfo info_;      ///< of the file
  ImageInfo row_info_;  ///< of the rows, after `start`
  std::ptrdiff_t rows_read_ = 0;
  bool started_ = false;

 private:
  void require_ready() const;

  bool failed_ = false;  ///< in `start` or later: nothing more can be done
};

/// The size of a picture that is decoded at 1/scale: rounded up.
[[nodiscard]] constexpr std::ptrdiff_t scaled_size(std::ptrdiff_t size, int scale) noexcept {
  return size / scale + (size % scale != 0);
}

/// Opens a picture by its content; the name does not matter.
/// @throws Error{unsupported} when no codec knows the first bytes; Error{corrupt_data, truncated_data, limit_exceeded,
///         io_failure} naming the source
[[nodiscard]] IMGBUF_API std::unique_ptr<Reader> open_reader(std::unique_ptr<Source> source, const Limits& limits = {});

/// Decodes a picture (or what `options` choose of it) into new memory, up to the end of the file.
/// @param reader  that was not started; after the call it is only good for destruction
/// @throws Error{limit_exceeded} when the memory would be larger than `limits.max_image_bytes`; as `Reader`
[[nodiscard]] IMGBUF_API Image decode(Reader& reader, const DecodeOptions& options, const Arrangement& arrangement,
                                      Context& context);
/// The same of a file.
/// @throws as `open_reader` and `Reader`
[[nodiscard]] IMGBUF_API Image decode(std::unique_ptr<Source> source, const DecodeOptions& options,
                                      const Arrangement& arrangement, Context& context);
[[nodiscard]] IMGBUF_API Image decode(const std::string& path, const DecodeOptions& options = {},
                                      const Arrangement& arrangement = {});

}  // namespace imgbuf
