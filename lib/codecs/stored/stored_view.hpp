#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "codecs/stored/stored_picture.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf::codecs {

/// The strides in bytes of the columns and channels inside a stored row, and where its first channel is.
struct RowStrides {
  std::ptrdiff_t column = 0;
  std::ptrdiff_t channel = 0;  ///< of planes: the element's size
  std::ptrdiff_t first = 0;
};
/// @pre !why_no_elements(picture)
[[nodiscard]] RowStrides row_strides(const StoredPicture& picture);

/// Why the elements of a picture are not a file's bytes at even distances; nothing when they are, be it in cells.
[[nodiscard]] std::optional<std::string> why_no_elements(const StoredPicture& picture);

/// Whether `view_in_file` needs a table of row pointers.
[[nodiscard]] bool needs_table(const StoredPicture& picture);

/// @throws Error{truncated_data} when the file ends before the picture does
void require_all_of(const StoredPicture& picture, const Segment& file);

/// Why no layout says where the elements of a picture are; nothing when one does.
[[nodiscard]] std::optional<std::string> why_no_view(const StoredPicture& picture);

/// A picture whose elements are a file's bytes as they are, over those bytes. It is direct where its rows are evenly
/// spaced, else behind a table of row pointers (of all rows of all planes). All rows that are not stored are one row of
/// zeros in memory of its own, which may only be read.
/// @param file  all bytes of the file
/// @pre !why_no_view(picture)
/// @throws Error{truncated_data} when the file ends before the picture does; Error{out_of_memory}
[[nodiscard]] Image view_in_file(const StoredPicture& picture, const Segment& file);

}  // namespace imgbuf::codecs
