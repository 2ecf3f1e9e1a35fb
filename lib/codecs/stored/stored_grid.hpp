#pragma once

#include "codecs/stored/stored_picture.hpp"
#include "imgbuf/grid_image.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf::codecs {

/// Whether a picture whose elements are a file's bytes as they are lies in cells that only a grid can say: tiles beside
/// each other.
[[nodiscard]] bool needs_grid(const StoredPicture& picture) noexcept;

/// Such a picture over the file's bytes. Cells that are not stored are zeros, which may only be read.
/// @param file  all bytes of the file
/// @pre !why_no_elements(picture), needs_grid(picture), not bottom up, not by columns
/// @throws Error{truncated_data} when the file ends before the picture does; Error{out_of_memory}
[[nodiscard]] GridImage grid_in_file(const StoredPicture& picture, const Segment& file);

}  // namespace imgbuf::codecs
