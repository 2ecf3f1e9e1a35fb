#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/writer.hpp"
#include "support/guarded_image.hpp"

namespace imgbuf::test::jpeg {

using Bytes = std::vector<std::byte>;

/// Packed pixels of 8 bits.
struct Picture {
  std::ptrdiff_t width = 0;
  std::ptrdiff_t height = 0;
  std::ptrdiff_t channels = 0;
  Bytes pixels;
  friend bool operator==(const Picture&, const Picture&) = default;
};

/// How plain libjpeg encodes: the oracle for files and for pixels.
struct PlainSettings {
  J_COLOR_SPACE in = JCS_RGB;
  J_COLOR_SPACE stored = JCS_YCbCr;
  int luma_horizontal = 1;  ///< factors of the first (and of a fourth) component; the others have 1 and 1
  int luma_vertical = 1;
  int quality = 90;
  bool progressive = false;
  bool arithmetic = false;
  bool optimize = false;
  bool dc_only = false;         ///< progressive without the scans of the AC coefficients: decoders smooth such files
  bool separate_scans = false;  ///< sequential, a scan for each component
  bool adobe_marker = true;     ///< for CMYK
  unsigned restart_interval = 0;
};

/// @pre the picture's samples are what `settings.in` has
[[nodiscard]] Bytes plain_encode(const Picture& picture, const PlainSettings& settings);
/// Straight from libjpeg: CMYK with Adobe's marker is not inverted. @param scale  decodes at 1/scale
[[nodiscard]] Picture plain_decode(std::span<const std::byte> file, int scale = 1);

/// Smooth shapes with some noise, so that a wrong neighbour shows in the pixels.
[[nodiscard]] Picture test_picture(std::ptrdiff_t width, std::ptrdiff_t height, std::ptrdiff_t channels,
                                   std::uint32_t seed = 1);
[[nodiscard]] Picture inverted(Picture picture);
[[nodiscard]] Picture crop(const Picture& picture, const Region& region);

/// Decodes all rows with imgbuf into memory of a kind, some rows a call, and finishes. Guards are checked.
[[nodiscard]] Picture decode_into(Kind kind, std::span<const std::byte> file, const DecodeOptions& options,
                                  Context& context, std::ptrdiff_t rows_per_call = 1000);
[[nodiscard]] Picture decode_plainly(std::span<const std::byte> file, const DecodeOptions& options = {});

/// Encodes with imgbuf from memory of a kind, some rows a call. Guards are checked.
[[nodiscard]] Bytes encode_from(Kind kind, const Picture& picture, const ImageInfo& info, const EncodeOptions& options,
                                Context& context, std::ptrdiff_t rows_per_call = 1000);
[[nodiscard]] ImageInfo info_of(const Picture& picture);

/// Collects a context's warnings.
struct Warnings {
  explicit Warnings(Context& context) {
    context.on_warning = [this](std::string_view line) { lines.emplace_back(line); };
  }
  std::vector<std::string> lines;
};

struct NamedFactors {
  const char* name;
  int horizontal;
  int vertical;
};
inline constexpr NamedFactors all_subsamplings[] = {{"4:4:4", 1, 1}, {"4:2:2", 2, 1}, {"4:2:0", 2, 2},
                                                    {"4:4:0", 1, 2}, {"4:1:1", 4, 1}, {"4:1:0", 4, 2}};

}  // namespace imgbuf::test::jpeg
