#pragma once

#include <optional>
#include <string>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A view without its pointers, or the reason why it needs them.
struct CollapsedView {
  std::optional<AnyConstView> view;
  std::string reason;  ///< empty when `view` is set; else names the axis and index in the way
};

/// An array without its pointers, or the reason why it needs them.
struct CollapsedArray {
  std::optional<Array> array;
  std::string reason;  ///< empty when `array` is set; else names the axis and index in the way
};

/// An image without its pointers, or the reason why it needs them.
struct CollapsedImage {
  std::optional<Image> image;
  std::string reason;  ///< empty when `image` is set; else names the axis and index in the way
};

/// Removes the indirection of elements that are evenly spaced inside one segment, whatever the number of pointers and
/// whether the view is flipped, cropped or permuted: the result has the same axes and the same elements at constant
/// strides. So a table of row pointers into one block becomes plain strides. Reads the pointer tables; no pixel moves.
/// A direct view is its own result, an empty one becomes direct without any pointer being followed.
///
/// Segments that happen to lie side by side stay apart: only the system decided that, and only as long as both live.
/// @param view     its pointer tables and elements lie in `storage`
/// @throws Error{limit_exceeded} for more than 2^28 table entries; Error{out_of_memory}
[[nodiscard]] IMGBUF_API CollapsedView collapse(const AnyConstView& view, const Storage& storage);
/// The same for an array or an image; the result shares its storage.
[[nodiscard]] IMGBUF_API CollapsedArray collapse(const Array& array);
[[nodiscard]] IMGBUF_API CollapsedImage collapse(const Image& image);

}  // namespace imgbuf
