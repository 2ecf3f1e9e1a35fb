#pragma once

#include <cstddef>
#include <optional>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A view over the same elements through a new pointer table.
struct RebuiltView {
  AnyConstView view;
  Segment
      table;  ///< must live as long as the view, beside the memory of the old one; read-only; no bytes when none was needed
};

/// Bytes of the table that `rebuild_pointers` would make: 0 when PEP 3118 can express the view already, or needs none
/// of its pointers. Reads the pointer tables, makes nothing. @throws Error{limit_exceeded, out_of_memory} as below
[[nodiscard]] IMGBUF_API std::ptrdiff_t rebuilt_table_bytes(const AnyConstView& view, const Storage& storage);
[[nodiscard]] IMGBUF_API std::ptrdiff_t rebuilt_table_bytes(const Array& array);
[[nodiscard]] IMGBUF_API std::ptrdiff_t rebuilt_table_bytes(const Image& image);

/// Makes a view expressible by PEP 3118 (`export_buffer_shape` then takes its layout, always) without moving a pixel:
/// axes out of the order of their levels, negative pointer offsets and levels without an axis are folded into one new
/// pointer table over the leading axes, which holds an address for each combination of their indices that needs one. Of
/// the tables that would do, it is the smallest; pointers behind the folded levels stay. Shape and elements are the
/// same.
///
/// @param storage  the segments of the view; table axes that are even inside one of them need no pointers. A view whose
///                 segments are not known can come with an empty storage and gets a larger table
/// @param max_table_bytes  absent: the bytes of the elements, because a copy of them would then cost less;
///                         a view that needs no table is never refused
/// @throws Error{limit_exceeded} naming both sizes when the table would be larger, or for more than 2^28 entries of the
///         old tables; Error{out_of_memory}
[[nodiscard]] IMGBUF_API RebuiltView rebuild_pointers(const AnyConstView& view, const Storage& storage,
                                                      std::optional<std::ptrdiff_t> max_table_bytes = {});
/// The same for an array or an image; the result keeps the old storage and the new table alive.
[[nodiscard]] IMGBUF_API Array rebuild_pointers(const Array& array, std::optional<std::ptrdiff_t> max_table_bytes = {});
[[nodiscard]] IMGBUF_API Image rebuild_pointers(const Image& image, std::optional<std::ptrdiff_t> max_table_bytes = {});

}  // namespace imgbuf
