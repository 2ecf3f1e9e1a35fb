#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image.hpp"

namespace imgbuf {

/// Elements as one strided array over the same physical memory, or the reason why they cannot be one.
struct RewiredArray {
  std::optional<Array> array;
  std::string reason = {};       ///< names the index in the way, or the system's limit; empty when it can be done
  Layout layout = {};            ///< of the strided array, when it can be done
  std::size_t mapped_bytes = 0;  ///< bytes of the pages that are mapped a second time; 0 when none has to be
};

/// The same for an image.
struct Rewiring {
  std::optional<Image> image;
  std::string reason;            ///< empty when `image` is set; else names the index in the way, or the system's limit
  std::size_t mapped_bytes = 0;  ///< bytes of the pages that are mapped a second time; 0 when none has to be
};

/// Maps the pieces of shared memory that an array consists of side by side in virtual memory, so that its pointers
/// become constant strides: no pixel is moved or read. Strips may stand in any order; flips and crops of rows are
/// taken as they are, so that a flipped array has a negative stride. What is written through one is seen through
/// the other.
///
/// It can be done when all elements lie in shared memory (`allocate_shared_segment`, `Arrangement::in_shared_memory`),
/// rows have one pitch, and wherever the order of the memory and that of the rows part, a page ends: the bytes of a
/// strip but for the first and the last one are a multiple of the page. Linux bounds the number of mappings of a
/// process; rewired arrays together take at most half of them. A direct array is its own result.
///
/// Where a crop of columns leaves whole pages between strips that nothing shows, those addresses are reserved but are
/// no memory of the array: it then has a segment for each stretch of pages that touch.
///
/// The new array keeps the mapping and the old storage alive, and is read-only when the old one is. Like all shared
/// memory it is not copied on write after `fork()`. An
/// element keeps its place in its page. The first pass over it costs a page fault for each page.
/// @throws Error{limit_exceeded} for more than 2^28 table entries; Error{out_of_memory}
[[nodiscard]] IMGBUF_API RewiredArray rewire(const Array& array);
/// The same for an image; the result has its info.
[[nodiscard]] IMGBUF_API Rewiring rewire(const Image& image);

/// What `rewire` would answer, without mapping anything; `array` or `image` stays empty even when there is no reason against it.
/// Only the system can still refuse then.
[[nodiscard]] IMGBUF_API RewiredArray explain_rewire(const Array& array);
[[nodiscard]] IMGBUF_API Rewiring explain_rewire(const Image& image);

}  // namespace imgbuf
