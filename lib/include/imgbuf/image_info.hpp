#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf {

/// What the channels mean. `palette` has one channel of indices.
enum class ColorModel : unsigned char { gray, rgb, cmyk, palette };

/// "gray", "rgb", "cmyk", "palette".
IMGBUF_API std::string_view to_string(ColorModel model) noexcept;

/// What one pixel is: elements, meaning of the channels, and the values they run over.
struct IMGBUF_API PixelFormat {
  Format format;
  ColorModel color = ColorModel::rgb;
  bool alpha = false;  ///< a last channel of straight (not premultiplied) alpha
  /// Bits of a sample that carry information: integer samples run over 0..2^bit_depth - 1 (a 1-bit gray is 0 or 1 in a
  /// `u8`). For floating point it is the element's size; samples then run over 0..1.
  int bit_depth = 8;

  /// Colour channels plus alpha: 1 to 5.
  [[nodiscard]] int channels() const noexcept;
  /// The channels in order: "gray", "index" (of a palette), "R" "G" "B" or "C" "M" "Y" "K", and "A" for alpha.
  [[nodiscard]] std::vector<std::string_view> channel_names() const;
  [[nodiscard]] std::ptrdiff_t bytes_per_pixel() const noexcept { return channels() * format.itemsize(); }
  /// The usual format of an element type: its full depth in native byte order.
  [[nodiscard]] static PixelFormat of(ElementType type, ColorModel color, bool alpha = false) noexcept;
  /// "rgba u16", "gray u8 (1 bit)", "palette u8 (4 bit)".
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const PixelFormat&, const PixelFormat&) = default;
};

/// One entry of a palette, 8 bits each; alpha 255 is opaque.
struct PaletteEntry {
  std::uint8_t red = 0, green = 0, blue = 0, alpha = 255;
  friend bool operator==(const PaletteEntry&, const PaletteEntry&) = default;
};

/// The sample values that mean "fully transparent" (PNG's tRNS of gray and RGB), at the file's bit depth; gray uses
/// [0].
using TransparentColor = std::array<std::uint16_t, 3>;

/// JPEG's sampling factors (horizontal and vertical) for each component.
struct Subsampling {
  /// How many samples of a component stand beside and below each other where the least sampled one has one.
  struct Factors {
    int horizontal = 1;
    int vertical = 1;
    friend bool operator==(const Factors&, const Factors&) = default;
  };
  std::vector<Factors> components;

  /// "4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "4:1:0"; else the factors as "2x1,1x2,1x1"; empty for none.
  [[nodiscard]] IMGBUF_API std::string to_string() const;
  /// The names that `to_string` has.
  [[nodiscard]] IMGBUF_API static std::vector<std::string_view> names();
  /// The factors of the first component (and of black) where those of the chroma components are 1 and 1; nothing for a
  /// name that is none.
  [[nodiscard]] IMGBUF_API static std::optional<Factors> luma_factors(std::string_view name) noexcept;
  friend bool operator==(const Subsampling&, const Subsampling&) = default;
};

/// How the file stores its pixels. For people and `imgbuf info`; nothing in the pixels depends on it.
struct FileInfo {
  std::string format;      ///< "PNG", "JPEG"
  std::string color_type;  ///< the format's own name: "RGB", "grayscale+alpha", "YCbCr", "YCCK", "palette"
  int bit_depth = 0;       ///< bits of a sample in the file
  bool interlaced = false;
  bool progressive = false;
  bool arithmetic_coding = false;
  Subsampling subsampling;
};

/// What the pixels of a picture mean; exists without pixels.
struct ImageInfo {
  std::ptrdiff_t width = 0;
  std::ptrdiff_t height = 0;
  PixelFormat pixel;
  std::vector<PaletteEntry> palette;  ///< for `ColorModel::palette`: 1 to 256 entries; else empty
  std::optional<TransparentColor> transparent_color;
  Metadata metadata;
  FileInfo file;

  [[nodiscard]] int channels() const noexcept { return pixel.channels(); }
  /// Bytes of one row and of the whole picture, packed. The sizes of a valid info fit.
  [[nodiscard]] std::ptrdiff_t row_bytes() const noexcept { return width * pixel.bytes_per_pixel(); }
  [[nodiscard]] std::ptrdiff_t pixel_bytes() const noexcept { return height * row_bytes(); }
};

}  // namespace imgbuf
