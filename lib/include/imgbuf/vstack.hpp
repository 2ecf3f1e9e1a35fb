#pragma once

#include <span>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"

namespace imgbuf {

/// Arrays one below the other as one array, without moving an element: a table with a pointer for each index of the
/// first axis. It keeps the memory of all parts alive, and is read-only when one of them is. Parts with pointers of their
/// own are fine as long as what lies behind each index of their first axis is even inside one segment.
/// @param parts  at least one; of one format, at least one axis, and equal extents but for the first axis
/// @throws Error{invalid_argument} naming the part whose format, rank or shape is another; Error{copy_required} naming
///         the part and row behind which elements do not lie as they do behind the first row (another stride, pointers
///         that are needed): they would have to be copied;
///         Error{limit_exceeded} naming the part with which there are more than 2^28 rows; Error{out_of_memory}
[[nodiscard]] IMGBUF_API Array vstack(std::span<const Array> parts);

}  // namespace imgbuf
