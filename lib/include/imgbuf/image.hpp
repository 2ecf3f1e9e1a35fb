#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// An array of pixels and what they mean. Copying an image copies no pixel: copies share them. Read-only when a segment
/// that its elements reach is. A moved-from image has no pixels, as one that was default-made.
///
/// An image's axes are (height, width, channels) unless geometry on its `view()` made them others.
class IMGBUF_API Image {
 public:
  /// No pixels.
  Image() = default;

  /// New memory in an arrangement for what `info` describes; the pixels are undefined.
  /// @throws Error{invalid_argument, invalid_layout, out_of_memory}
  static Image allocate(ImageInfo info, const Arrangement& arrangement = {});

  /// Gives elements a meaning.
  /// @param array  of shape (info.height, info.width, info.channels())
  /// @throws Error{invalid_argument} when the shape or the elements' format is not the info's; Error{out_of_memory}
  static Image over(Array array, ImageInfo info);

  /// Memory that already exists: `over` of `Array::over`, with its checks and its copies of pointer tables.
  /// @throws as both do
  static Image over(Storage storage, std::byte* origin, Layout layout, ImageInfo info);

  /// Rows anywhere in memory, as Pillow, libpng or a camera have them: row y starts at rows[y] and holds width x
  /// channels elements side by side. The table is copied, so the caller's may go or change; the pixels are shared.
  /// Rows that adjoin, in ascending or descending order, are one segment: so the packed rows of one block can be
  /// collapsed to an array, and are one strip. Between rows with padding nothing is known to be memory; each of them is
  /// a segment and a strip of its own. Where their blocks are known, the function below takes them.
  /// @param rows    one pointer a row, info.height of them, none null unless rows are empty
  /// @param keeper  released when the last image over the rows is gone, on any thread; may be null for memory that
  ///         outlives them
  /// @throws Error{invalid_argument} on a null row or a wrong number of rows; Error{out_of_memory}; on an error the
  ///         keeper is released
  static Image from_rows(std::span<std::byte* const> rows, ImageInfo info, std::shared_ptr<void> keeper,
                         Access access = Access::read_write);

  /// Rows inside known blocks of memory, which become the image's segments with their own keepers and access. So rows
  /// at an even distance in one block, padded or not, in any direction, can be collapsed to an array, and rows in several
  /// blocks are cut into strips where a block or the distance ends. Read-only when a block that a row reaches is.
  /// @param rows    one pointer a row, info.height of them
  /// @param blocks  each row lies in one, or in several side by side
  /// @throws Error{invalid_layout} naming the first row outside the blocks; Error{invalid_argument} on a wrong number
  ///         of rows; Error{out_of_memory}
  static Image from_rows(std::span<std::byte* const> rows, std::span<const Segment> blocks, ImageInfo info);

  [[nodiscard]] const ImageInfo& info() const noexcept;
  /// The pixels without their meaning.
  [[nodiscard]] const Array& array() const noexcept { return array_; }
  [[nodiscard]] const Storage& storage() const noexcept { return array_.storage(); }
  [[nodiscard]] bool is_read_only() const noexcept { return array_.is_read_only(); }

  /// The pixels, to write.
  /// @throws Error{invalid_argument} when the image is read-only; Error{out_of_memory} as `const_view` does
  [[nodiscard]] AnyView view() const { return array_.view(); }
  /// The pixels, to read.
  /// @throws Error{out_of_memory}, for a layout of more than two indirections only: others take no memory
  [[nodiscard]] AnyConstView const_view() const { return array_.const_view(); }

  /// The same pixels with another meaning, such as edited metadata.
  /// @throws Error{invalid_argument} when the size, the number of channels, or the elements' type or byte order is
  ///         another; Error{out_of_memory}
  [[nodiscard]] Image with_info(ImageInfo info) const { return over(array_, std::move(info)); }

  /// Another view of the same storage under a new info, for geometry that is only a view. Checked as by `over`; tables
  /// are copied unless they are the image's own. Read-only when this image is.
  /// @throws as `over` does
  [[nodiscard]] Image with_view(const AnyConstView& view, ImageInfo info) const;

 private:
  Image(Array array, std::shared_ptr<const ImageInfo> info) noexcept;

  /// Rows that are known to lie in segments.
  static Image over_rows(std::vector<Segment> segments, std::span<std::byte* const> rows, ImageInfo info,
                         Access access);

  Array array_;
  std::shared_ptr<const ImageInfo> info_;  ///< null for an image without pixels, whose info says nothing
};

/// A `T**` over the rows of a view for code that wants one, such as libpng. Pointers only: no pixel moves.
template <class Byte>
class RowPointers {
 public:
  explicit RowPointers(std::vector<Byte*> pointers) : pointers_(std::move(pointers)) {}
  [[nodiscard]] Byte** data() noexcept { return pointers_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return pointers_.size(); }
  [[nodiscard]] Byte* operator[](std::size_t row) const noexcept { return pointers_[row]; }

 private:
  std::vector<Byte*> pointers_;
};

/// The rows of a view of shape (height, width) or (height, width, channels), each one packed run. Valid as long as the
/// view's memory.
/// @throws Error{invalid_layout} naming the axis when a row is not packed: then `copy` into one that is
[[nodiscard]] IMGBUF_API RowPointers<std::byte> row_pointers(const AnyView& view);
[[nodiscard]] IMGBUF_API RowPointers<const std::byte> row_pointers(const AnyConstView& view);

/// Whether each row of a view of rank 2 or 3 is one packed run of (width x channels) elements, so that a codec's row
/// can be it.
[[nodiscard]] IMGBUF_API bool has_packed_rows(const Layout& layout, std::ptrdiff_t itemsize) noexcept;

}  // namespace imgbuf
