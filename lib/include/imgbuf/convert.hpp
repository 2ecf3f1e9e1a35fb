#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/limits.hpp"
#include "imgbuf/metadata_parts.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/sink.hpp"
#include "imgbuf/source.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf {

/// Keeps a rectangle, in the coordinates of the picture as the steps before have left it.
struct Crop {
  Region region;
};

/// Turns the picture upright as EXIF's orientation says; the output's EXIF then says upright, so that a second time
/// changes nothing. Without it EXIF's orientation stays what it was, whatever else turns the picture.
struct AutoOrient {};

/// Mirrors the picture.
struct Flip {
  enum class Direction : unsigned char {
    horizontal,  ///< left and right change places
    vertical,    ///< top and bottom change places
  };
  Direction direction = Direction::horizontal;
};

/// Turns the picture clockwise.
struct Rotate {
  int degrees = 90;  ///< a multiple of 90; negative ones turn counterclockwise
};

/// Rows become columns: the top left and bottom right corners stay.
struct Transpose {};

/// Keeps some channels, in this order; one may repeat. Each is a name of `PixelFormat::channel_names`, in any case, or
/// an index. A palette counts as the colours that it holds, and a transparent colour as alpha. One channel is gray,
/// three are RGB, and a last one that was alpha stays alpha; alpha that is left out is dropped and not composited.
struct SelectChannels {
  std::vector<std::string> channels;
};

/// One step of a conversion's geometry. Each sees the picture as the steps before have left it, and none makes a
/// picture of its own: crops are decoded as a region, everything else is a view of what was decoded.
using GeometryStep = std::variant<Crop, AutoOrient, Flip, Rotate, Transpose, SelectChannels>;

/// What a conversion shall do. The defaults keep the picture as the file has it: a palette stays a palette, 16 bits
/// stay 16 bits, CMYK stays CMYK, as far as the output's format can hold it.
struct ConvertOptions {
  enum class Depth : unsigned char { keep, u8, u16, f32 };
  enum class Color : unsigned char { keep, gray, rgb, rgba };

  std::string format =
      {};  ///< of the output: a name or an extension of `available_codecs()` in any case; the input's when empty
  EncodeOptions encode = {};
  Color color = Color::keep;  ///< `gray` and `rgb` have no alpha: what the file has is composited over the background
  Depth depth = Depth::keep;  ///< a palette's colours have 8 bits already: `u8` leaves a palette as it is
  BackgroundColor background = {};
  std::vector<GeometryStep> geometry = {};  ///< applied in this order
  MetadataParts metadata = {};              ///< what is kept of it; all by default
  /// The memory between decoder and encoder; when absent rows, or none where the rows can be taken from the input's
  /// file or memory. `strips(n)` also makes the strips of a streaming conversion n rows high.
  std::optional<Arrangement> arrangement = {};
  int threads = 0;  ///< at most so many, the caller's included; 0: as the machine has. The output does not depend on it
  Limits limits = {};
};

/// One step on the way from file to file.
struct PlanStage {
  std::string name = {};    ///< "decode", "select channels", "orient", "convert pixels", "encode"
  std::string detail = {};  ///< one line
  /// Pixel bytes that this stage copies because two layouts or formats differ. A codec that visits rows several times
  /// may copy more than these, never where these are 0.
  std::int64_t scratch_bytes = 0;
  std::string scratch_reason = {};  ///< why, when there are any
};

/// Pixel memory that a conversion holds.
struct PlanBuffer {
  std::string what = {};   ///< "3024 decoded rows, the whole picture", "64 turned rows, a band of the output"
  std::int64_t bytes = 0;  ///< pointer tables included
};

/// What a conversion will do, known before it does it.
struct ConvertPlan {
  std::vector<PlanStage> stages;
  bool streaming = true;  ///< a few strips are held and not the image
  /// Rows are taken where they lie in the input's file or memory (`Reader::view`), turned and cropped ones too: nothing
  /// is decoded, and of a mapped file only the pages that the encoder is at are in memory.
  bool in_file = false;
  std::string whole_image_reason;  ///< why the whole image is held, when it is
  Arrangement arrangement;
  std::ptrdiff_t rows_per_strip = 0;
  int strips = 0;                     ///< held at once; 0 when not streaming, and in the file
  int threads = 1;                    ///< that will be used
  std::vector<PlanBuffer> buffers;    ///< all pixel memory of the conversion: strips, images, bands
  std::int64_t buffer_bytes = 0;      ///< of all buffers
  std::int64_t codec_bytes = 0;       ///< memory that decoder and encoder hold for themselves, as far as they know
  std::vector<std::string> dropped;   ///< the parts of the input's metadata that are dropped because that was asked for
  std::vector<std::string> warnings;  ///< what will not be exactly as in the input; `run` says each to its context

  [[nodiscard]] std::int64_t memory_bytes() const noexcept { return buffer_bytes + codec_bytes; }
  [[nodiscard]] IMGBUF_API std::int64_t scratch_bytes() const noexcept;  ///< of all stages
  /// For people: a line for each stage, then memory, copies and warnings. Ends with a line end.
  [[nodiscard]] IMGBUF_API std::string to_text() const;
};

/// What a conversion has done.
struct ConvertReport {
  std::ptrdiff_t rows = 0;         ///< written
  std::int64_t output_bytes = 0;   ///< written
  std::int64_t scratch_bytes = 0;  ///< pixel bytes copied between layouts or formats
  double seconds = 0;              ///< wall time of `run`
  /// What the output lacks of the input or holds in another way, though that was not asked for: the plan's warnings,
  /// and what turned out later. Each was said to the context.
  std::vector<std::string> losses = {};
};

/// One conversion of one picture: opened and planned on construction, then run once.
///
///     Conversion conversion(Source::file("photo.png"), {.format = "JPEG"});
///     std::cout << conversion.plan().to_text();
///     auto sink = Sink::file("photo.jpg");
///     conversion.run(*sink, context);
///
/// Where neither codec nor geometry needs the whole image, a few strips of rows are held and the decoder runs in a
/// thread of its own. Rows that lie as they are in memory, or in a file that may be mapped (`Source::allow_map`), are
/// taken from there and nothing of the input is held, however it is turned. A crop is decoded as a region; channels are selected and the picture is turned by views that the
/// encoder reads. Where rows become columns it reads them from a band of rows that are copied in tiles. Not
/// thread-safe; different conversions are independent.
class IMGBUF_API Conversion {
 public:
  /// Reads the input's header and plans; writes nothing.
  /// @param output_name  what errors call the output
  /// @throws Error{invalid_argument} for a crop outside the picture, for a turn by other than multiples of 90 degrees,
  ///         for channels that are none or make no pixels together, for an explicit depth or colour that the format
  ///         cannot hold, for encoding options out of range; Error{limit_exceeded} when the whole image must be held
  ///         and is larger than `limits.max_image_bytes`; as `open_reader`, `Reader::start`, `Writer::start`
  Conversion(std::unique_ptr<Source> source, const ConvertOptions& options, const std::string& output_name = "output");
  ~Conversion();
  Conversion(Conversion&&) noexcept;
  Conversion& operator=(Conversion&&) noexcept;

  [[nodiscard]] const ConvertPlan& plan() const noexcept;
  /// What the file holds.
  [[nodiscard]] const ImageInfo& input() const noexcept;
  /// What will be written; `file` still describes the input.
  [[nodiscard]] const ImageInfo& output() const noexcept;
  /// The name of the output's format, as in `available_codecs()`.
  [[nodiscard]] const std::string& format() const noexcept;

  /// Decodes, encodes, checks the end of the input, and commits the sink. Callbacks of the context are called on the
  /// calling thread only. Progress counts rows written; when the whole image is held, rows decoded count as well.
  /// @throws Error{invalid_argument} on a second call; as `Reader` and `Writer`; what a callback throws. The sink is
  ///         then not committed
  ConvertReport run(Sink& sink, Context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The format that an output path means: by its extension, or empty when the name has none.
/// @throws Error{unsupported} for an extension that no format has
[[nodiscard]] IMGBUF_API std::string output_format(const std::string& path);

/// Converts a file to a file. When `options.format` is empty the extension of `out_path` decides, or the input's format
/// for a name without one. Both paths may be the same file.
/// @throws as `Conversion`; on an error `out_path` is as it was
IMGBUF_API ConvertReport convert(const std::string& in_path, const std::string& out_path, const ConvertOptions& options,
                                 Context& context);

}  // namespace imgbuf
