#pragma once

#include <optional>
#include <string>

#include "codecs/stored/stored_picture.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf::codecs {

/// Why the elements of a picture cannot be viewed where they are; nothing when they can.
[[nodiscard]] std::optional<std::string> why_no_view(const StoredPicture& picture);

/// A picture whose elements are a file's bytes as they are, over those bytes. It is direct where its rows are evenly
/// spaced, else behind a table of row pointers (of all rows of all planes).
/// @param file  all bytes of the file
/// @pre !why_no_view(picture)
/// @throws Error{truncated_data} when the file ends before the picture does; Error{out_of_memory}
[[nodiscard]] Image view_in_file(const StoredPicture& picture, const Segment& file);

}  // namespace imgbuf::codecs
