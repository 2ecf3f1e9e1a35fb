#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A colour to composite over, 16 bits a channel, in the file's own encoding.
struct BackgroundColor {
  std::uint16_t red = 65535, green = 65535, blue = 65535;

  /// Reads "#rgb", "#rrggbb", "#rrrrggggbbbb", "r,g,b" (0..255), or one of CSS's 16 basic colour names. Upper and lower
  /// case are the same; fewer than 16 bits are widened as samples are (v * 257 and so on).
  /// @throws Error{invalid_argument} naming the text
  IMGBUF_API static BackgroundColor parse(std::string_view text);
  friend bool operator==(const BackgroundColor&, const BackgroundColor&) = default;
};

/// Turns pixels of one format into another, a strip at a time and for any layouts. The rules, stated here once:
///
/// * A palette is looked up; an index beyond the palette is opaque black. A `transparent_color` makes alpha 0 where
///   every sample equals it, else opaque; it counts for u8 and u16 gray and RGB without alpha.
/// * The maximum of a sample is 2^bit_depth - 1; of a signed integer 2^(bit_depth - 1) - 1; of floating point 1,
///   whatever its bit_depth says. Integer samples outside 0..maximum count as the nearer end.
/// * Depth: integer samples scale by the ratio of their maxima, rounded to nearest (16 to 8 bit: round(v / 257); 8
///   to 16: v * 257; 1, 2, 4 to 8: exact). Integer to float divides by the maximum; float to integer multiplies by
///   it, clamps to 0..maximum and rounds half to even; NaN becomes 0. Float to float changes the precision only.
///   Samples of up to 16 bits come out exact; between 32-bit integers the result is as exact as double is.
/// * RGB to gray: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as JPEG), rounded to nearest, halves up; exact for u8
///   and u16. Gray to RGB repeats the sample.
/// * CMYK to RGB: (max - C) * (max - K) / max and so on, rounded to nearest; ink 0 is paper. No colour management.
/// * Alpha that the target lacks is composited over the background in the samples' own encoding:
///   (a * v + (max - a) * background) / max, rounded to nearest. The background is first brought to the samples'
///   depth; behind gray that stays gray it is its own gray. Alpha that the source lacks is opaque.
/// * Order: palette and transparent colour, CMYK, gray to RGB, alpha, RGB to gray, depth. Each step works in the
///   source's element type: u8 (palettes too), u16 and f32 in their own, all others in f64. Samples that do not use
///   all bits of their type are brought to its full depth before any step but the transparent colour; where only the
///   depth changes, it does so at once.
///
/// Refused are gray and RGB to CMYK, anything but the same to a palette, alpha off a CMYK that stays CMYK, and targets
/// under 8 bits that are not the source's own format.
class IMGBUF_API PixelConverter {
 public:
  /// @param source  its pixel format, palette and transparent colour; its size does not matter
  /// @throws Error{unsupported} naming both formats when the conversion is refused; Error{invalid_argument} for a bit
  ///         depth that the element type does not have
  PixelConverter(const ImageInfo& source, const PixelFormat& target, const BackgroundColor& background = {});
  ~PixelConverter();
  PixelConverter(PixelConverter&&) noexcept;
  PixelConverter& operator=(PixelConverter&&) noexcept;

  /// Whether source and target are the same but for byte order, so that `convert` is a `copy`. Never so with a
  /// `transparent_color` that counts, because the target's pixels would lose it: a caller who keeps it beside the
  /// pixels gives a source without.
  [[nodiscard]] bool is_identity() const noexcept;

  /// Converts a strip: shapes (rows, width, source channels) and (rows, width, target channels), the agreed element
  /// types, either byte order. The views must not overlap. Rows that are packed, native and aligned are read and
  /// written in place; the bytes of others pass through scratch and are counted. Thread-safe.
  /// @throws Error{invalid_argument, format_mismatch} when a view's shape or element type is not what was agreed;
  ///         Error{cancelled}, looked at once when the call begins
  void convert(const AnyView& destination, const AnyConstView& source, Context& context) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

/// What `expand` makes of a file's native form: palette to RGB or RGBA (when an entry is not opaque), integers below 8
/// bits to 8, a transparent colour to alpha, CMYK to RGB. Other formats stay as they are.
[[nodiscard]] IMGBUF_API PixelFormat expanded(const ImageInfo& info);

}  // namespace imgbuf
