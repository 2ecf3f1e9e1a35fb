#pragma once

#include <span>
#include <string_view>

#include "imgbuf/convert.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::conversion {

/// All steps but those that choose channels as one: a region of the file, then one of the eight orientations.
struct Geometry {
  Region region;
  Orientation orientation = Orientation::upright;
  bool cropped = false;   ///< the region is not the whole picture
  bool oriented = false;  ///< auto-orient was asked for: the output's EXIF must say upright

  [[nodiscard]] std::ptrdiff_t width() const noexcept;   ///< of the picture as the steps leave it
  [[nodiscard]] std::ptrdiff_t height() const noexcept;  ///< of the picture as the steps leave it
};

/// @param exif_orientation  what auto-orient shall undo
/// @throws Error{invalid_argument} for a crop that is empty or not inside the picture, naming both sizes, and for a
///         turn that is no multiple of 90 degrees
[[nodiscard]] Geometry compose(std::span<const GeometryStep> steps, std::ptrdiff_t width, std::ptrdiff_t height,
                               Orientation exif_orientation);

/// Whether rows and columns change places.
[[nodiscard]] bool transposes(Orientation orientation) noexcept;

/// Whether a row of the result needs no other rows than the same one: then strips can be oriented one by one.
[[nodiscard]] bool keeps_rows(Orientation orientation) noexcept;

/// A view of shape (height, width, channels) of the file as it is to be seen.
[[nodiscard]] AnyConstView oriented(const AnyConstView& view, Orientation orientation);
/// Its layout alone.
[[nodiscard]] Layout oriented(const Layout& layout, Orientation orientation);

/// The opposite: memory of the picture as it is to be seen, as a view with the rows and columns of the file.
[[nodiscard]] AnyView unoriented(const AnyView& view, Orientation orientation);
/// Its layout alone.
[[nodiscard]] Layout unoriented(const Layout& layout, Orientation orientation);

/// Where in the file's rows a part of the picture as it is to be seen lies.
/// @param width   of the whole picture as it is to be seen
/// @param height  of the whole picture as it is to be seen
[[nodiscard]] Region unoriented(const Region& part, Orientation orientation, std::ptrdiff_t width,
                                std::ptrdiff_t height) noexcept;

/// "flip horizontally", "turn by 90 degrees clockwise", …: what is done to the file's pixels.
[[nodiscard]] std::string_view describe(Orientation orientation) noexcept;

}  // namespace imgbuf::conversion
