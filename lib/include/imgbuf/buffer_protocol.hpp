#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/item_format.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf {

/// The four arrays of PEP 3118 (`Py_buffer`), without the memory. `suboffsets` is empty for a direct array; otherwise
/// a value >= 0 at axis i means: after stepping along axis i, follow the pointer found there and add the value.
struct BufferShape {
  std::vector<std::ptrdiff_t> shape;
  std::vector<std::ptrdiff_t> strides;
  std::vector<std::ptrdiff_t> suboffsets;
};

/// The layout of a PEP 3118 buffer. Every buffer that PEP 3118 can describe has one.
/// @param suboffsets  empty, or as many as `shape`; all negative means direct
/// @throws Error{invalid_argument} when the sizes differ; Error{invalid_layout} when the counts do not fit
[[nodiscard]] IMGBUF_API Layout import_buffer_shape(std::span<const std::ptrdiff_t> shape,
                                                    std::span<const std::ptrdiff_t> strides,
                                                    std::span<const std::ptrdiff_t> suboffsets = {});

/// A PEP 3118 buffer whose items are elements of one type, with the axes inside the items behind the buffer's own.
struct ImportedBuffer {
  Layout layout;
  ItemFormat item;  ///< its axes are the last ones of `layout`
};

/// The layout of a PEP 3118 buffer and of the elements inside its items: a buffer of shape (height, width) and format
/// "T{B:r:B:g:B:b:}" becomes (height, width, 3) of `u8`.
/// @param strides   in bytes; none for a buffer in C order without gaps
/// @param format    "B" where `Py_buffer` has none
/// @param itemsize  bytes of one item, which must be the format's
/// @throws Error{unsupported} as `ItemFormat::parse`; Error{invalid_argument} when sizes differ; Error{invalid_layout}
///         when the counts do not fit
[[nodiscard]] IMGBUF_API ImportedBuffer import_buffer(std::span<const std::ptrdiff_t> shape,
                                                      std::span<const std::ptrdiff_t> strides,
                                                      std::span<const std::ptrdiff_t> suboffsets,
                                                      std::string_view format, std::ptrdiff_t itemsize);

/// A layout as PEP 3118 arrays, or the reason why PEP 3118 cannot express it.
struct BufferShapeExport {
  std::optional<BufferShape> shape;
  std::string reason;  ///< empty when `shape` is set; else names the axis or level in the way
};

/// PEP 3118 needs the axes in the order of their levels, every pointer offset >= 0, and an axis at the end of each
/// level but the last. Where this does not hold, axes of extent 1 or stride 0 are given the level that makes the order
/// legal. A layout without elements follows no pointer: all its axes may change their levels (then with stride 0), and its
/// offsets are >= 0.
[[nodiscard]] IMGBUF_API BufferShapeExport export_buffer_shape(const Layout& layout);

}  // namespace imgbuf
