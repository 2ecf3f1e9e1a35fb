#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A colour to composite over, 16 bits a channel, in the file's own encoding.
struct BackgroundColor {
  std::uint16_t red = 65535, green = 65535, blue = 65535;

  /// Reads "#rgb", "#rrggbb", "#rrrrggggbbbb", "r,g,b" (0..255), or one of CSS's 16 basic colour names.
  /// @throws Error{invalid_argument} naming the text
  IMGBUF_API static BackgroundColor parse(std::string_view text);
  friend bool operator==(const BackgroundColor&, const BackgroundColor&) = default;
};

/// Turns pixels of one format into another, a strip at a time and for any layouts. The rules, stated here once:
///
/// * A palette is looked up; a `transparent_color` makes alpha 0 where every sample equals it, else opaque.
/// * Depth: integer samples scale by the ratio of their maxima, rounded to nearest (16 to 8 bit: round(v / 257); 8 to
/// 16:
///   v * 257; 1, 2, 4 to 8: exact). Integer to float divides by the maximum; float to integer multiplies by it, clamps
///   to 0..maximum and rounds half to even; NaN becomes 0.
/// * RGB to gray: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as JPEG), rounded to nearest. Gray to RGB repeats the
/// sample.
/// * CMYK to RGB: (max - C) * (max - K) / max and so on, rounded to nearest; ink 0 is paper. No colour management.
/// * Alpha that the target lacks is composited over the background in the samples' own encoding:
///   (a * v + (max - a) * background) / max, rounded to nearest. Alpha that the source lacks is opaque.
/// * Order: palette, CMYK, alpha, gray, depth; each step in the source's depth.
///
/// RGB to CMYK, anything to a palette, and changes to depths under 8 bits are refused.
class IMGBUF_API PixelConverter {
 public:
  /// @param source  its pixel format, palette and transparent colour
  /// @throws Error{unsupported} naming both formats when the conversion is refused
  PixelConverter(const ImageInfo& source, const PixelFormat& target, const BackgroundColor& background = {});
  ~PixelConverter();
  PixelConverter(PixelConverter&&) noexcept;
  PixelConverter& operator=(PixelConverter&&) noexcept;

  /// Whether source and target are the same and `convert` would be a copy.
  [[nodiscard]] bool is_identity() const noexcept;

  /// Converts a strip: shapes (rows, width, source channels) and (rows, width, target channels). The views must not
  /// overlap. Thread-safe.
  /// @throws Error{invalid_argument, format_mismatch} when a view's shape or element type is not what was agreed
  void convert(const AnyView& destination, const AnyConstView& source, const Context& context) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

/// What `expand` makes of a file's native form: palette to RGB or RGBA, gray below 8 bits to 8, a transparent colour to
/// alpha, CMYK to RGB. Other formats stay as they are.
[[nodiscard]] IMGBUF_API PixelFormat expanded(const ImageInfo& info);

}  // namespace imgbuf
