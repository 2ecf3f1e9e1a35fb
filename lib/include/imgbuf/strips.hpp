#pragma once

#include <cstddef>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A maximal run of indices along one axis whose elements are evenly spaced inside one segment.
struct Strip {
  std::ptrdiff_t first = 0;  ///< index along the axis
  std::ptrdiff_t count = 0;  ///< indices of the strip, at least 1
  AnyConstView view;         ///< indices [first, first + count) of the whole view, all other axes complete
  Storage storage;           ///< the segments that the strip reaches, which keeps them alive without the whole image
};

/// A view cut into strips.
struct Strips {
  int axis = 0;               ///< the axis that is cut: the first of the outermost pointer level; 0 for a direct view
  std::vector<Strip> strips;  ///< ascending, together the whole axis
};

/// Cuts a view into strips along its outermost pointer axis, greedily from index 0. Each strip is direct when what
/// lies behind one index is (always, with one level of row pointers); an index behind which elements are uneven or in
/// several segments is a strip of its own that keeps its inner pointers; where the cut axis has stride 0, so that all its
/// indices are the same elements, they are one strip. A strip never crosses from one segment into
/// another, even where they lie side by side. The stride of a strip of one index is that of another strip of the same
/// segment, else that of the strip before, else the bytes that the index spans.
///
/// A direct or empty view is one direct strip; a view whose cut axis is empty has none. Reads the pointer tables; no
/// pixel moves.
/// @param view     its pointer tables and elements lie in `storage`
/// @throws Error{limit_exceeded} for more than 2^28 table entries; Error{out_of_memory}
[[nodiscard]] IMGBUF_API Strips strips(const AnyConstView& view, const Storage& storage);
[[nodiscard]] IMGBUF_API Strips strips(const Array& array);
[[nodiscard]] IMGBUF_API Strips strips(const Image& image);

}  // namespace imgbuf
