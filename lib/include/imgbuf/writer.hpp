#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/grid_image.hpp"
#include "imgbuf/grid_view.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/sink.hpp"

namespace imgbuf {

/// How to encode. A writer uses what its format has and ignores the rest.
struct EncodeOptions {
  int quality = 90;  ///< JPEG, 1 to 100 on libjpeg's scale
  /// JPEG: "4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1" or "4:1:0"; empty for 4:2:0. Gray and CMYK are never subsampled
  /// by default.
  std::string subsampling = {};
  bool progressive = false;                  ///< JPEG
  bool optimize_huffman = false;             ///< JPEG; progressive implies it
  bool arithmetic_coding = false;            ///< JPEG
  int compression = 6;                       ///< PNG: zlib's level, 0 to 9
  bool interlaced = false;                   ///< PNG: Adam7; the rows must then come all at once
  ByteOrder byte_order = native_byte_order;  ///< TIFF, NPY: of the elements in the file
};

/// Encodes one picture from strips of any view. Where the view's rows hold what the codec wants, it reads them in
/// place.
///
///     auto sink = Sink::file("photo.jpg");
///     auto writer = make_writer("JPEG", *sink, {});
///     writer->start(info, context);
///     writer->write_rows(image.const_view(), context);
///     writer->finish(context);
///     sink->commit();
class IMGBUF_API Writer {
 public:
  virtual ~Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Writes everything before the pixels. What of the metadata the format cannot hold is said through
  /// `context.on_warning`, a line each.
  /// @param info  what the rows are; `can_store(format, info)` must hold. After an error the writer is only good for destruction
  /// @throws Error{unsupported} when the format cannot hold such pixels or such a size; Error{io_failure}
  void start(const ImageInfo& info, Context& context);

  /// Whether one `write_rows` must bring all rows (an interlaced PNG). Valid after `start`.
  [[nodiscard]] virtual bool needs_whole_image() const noexcept { return false; }

  /// Memory the codec holds for itself, in bytes, as far as it is known. Valid after `start`.
  [[nodiscard]] virtual std::int64_t codec_bytes() const noexcept { return 0; }

  /// Whether rows of this layout and format are read in place. Valid after `start`.
  [[nodiscard]] virtual bool encodes_in_place(const Layout& layout, Format format) const noexcept = 0;

  /// Encodes the next source.extent(0) rows: shape (rows, width, channels), the info's element type, either byte order.
  /// @throws Error{invalid_argument} when shape or number of rows are not what was agreed; Error{format_mismatch};
  ///         Error{io_failure, cancelled}
  void write_rows(const AnyConstView& source, Context& context);

  /// The same from the cells of a grid. Rows that lie in one cell are read there; others are copied to scratch memory
  /// of at most 4 MiB (or one row) first, and counted in the context's `scratch_bytes`. A writer that needs the whole
  /// image gets a copy of it, which is counted in `copied_bytes` and which `Context::allow_copies` can refuse.
  /// @throws as above; Error{copy_required, out_of_memory}
  void write_rows(const GridConstView& source, Context& context);

  /// Writes what follows the pixels. The sink still has to be committed.
  /// @throws Error{invalid_argument} when rows are missing; Error{io_failure}
  void finish(Context& context);

 protected:
  explicit Writer(Sink& sink) : sink_(sink) {}

  virtual void begin(Context& context) = 0;
  virtual void encode(const AnyConstView& source, Context& context) = 0;
  virtual void end(Context& context) = 0;

  Sink& sink_;
  ImageInfo info_;
  std::ptrdiff_t rows_written_ = 0;
  bool started_ = false;

 private:
  bool failed_ = false;  ///< in `start` or later: nothing more can be done
};

/// What imgbuf knows of a file format.
struct CodecInfo {
  std::string_view name;                     ///< "PNG", "JPEG"
  std::vector<std::string_view> extensions;  ///< lower case, without the dot; the first is the usual one
  bool can_read = false;
  bool can_write = false;
  std::string_view implementation;         ///< what decodes and encodes: "libpng", "imgbuf"
  bool can_map = false;                    ///< `open_image` can give files of it without decoding, layout permitting
  std::vector<ElementType> element_types;  ///< of the pixels that it reads and writes
};

/// All formats of this build.
[[nodiscard]] IMGBUF_API std::vector<CodecInfo> available_codecs();

/// The format that a file name's extension means.
/// @throws Error{unsupported} naming the extension and the formats there are
[[nodiscard]] IMGBUF_API std::string_view format_for_path(std::string_view path);

/// The format that a person calls by its name or by one of its extensions, in upper or lower case.
/// @throws Error{unsupported} naming the text and the formats that can be written
[[nodiscard]] IMGBUF_API std::string_view writable_format(std::string_view name);

/// What to tell of a file whose name says another format than its content, which is what counts: "the file is PNG, not
/// JPEG as its name says"; empty when the name says the same or nothing.
[[nodiscard]] IMGBUF_API std::string wrong_extension(std::string_view path, const ImageInfo& info);

/// Whether a format can store such pixels as they are.
/// @throws Error{unsupported} for a format that is none
[[nodiscard]] IMGBUF_API bool can_store(std::string_view format, const ImageInfo& info);

/// The pixel format nearest to `info`'s that `format` can store: the one a conversion should aim at. Alpha is the last
/// thing to go, then depth.
[[nodiscard]] IMGBUF_API PixelFormat nearest_storable(std::string_view format, const ImageInfo& info);

/// @param format  a name of `available_codecs()`
/// @param sink    outlives the writer
/// @throws Error{unsupported} for a format that cannot be written; Error{invalid_argument} for options out of range
[[nodiscard]] IMGBUF_API std::unique_ptr<Writer> make_writer(std::string_view format, Sink& sink,
                                                             const EncodeOptions& options);

/// Encodes a whole image. The sink still has to be committed.
/// @param format  a name of `available_codecs()`
/// @throws Error{unsupported} when the format cannot hold such pixels, saying which it could; as `make_writer` and
///         `Writer`
IMGBUF_API void encode(const Image& image, std::string_view format, Sink& sink, const EncodeOptions& options,
                       Context& context);
/// The same of an image in cells; how they become rows is said at `Writer::write_rows`.
IMGBUF_API void encode(const GridImage& image, std::string_view format, Sink& sink, const EncodeOptions& options,
                       Context& context);
/// The same to a file, whose name says the format. @throws as above; on an error the path is untouched
IMGBUF_API void encode(const Image& image, const std::string& path, const EncodeOptions& options, Context& context);
IMGBUF_API void encode(const Image& image, const std::string& path, const EncodeOptions& options = {});

}  // namespace imgbuf
