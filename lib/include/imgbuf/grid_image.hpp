#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/grid_view.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf {

/// A cell, or what a view shows of one, as an array of its own.
struct CellArray {
  std::vector<std::ptrdiff_t> first;  ///< the index of its first element in the whole, one for each axis
  Array array;                        ///< of as many axes as the whole; shares its memory and keeps it alive
};

/// Pixels in the cells of a grid, what they mean, and the storage that keeps them alive: an `Image` of what no layout
/// can say, such as tiles. Copying it copies no pixel: copies share them. Read-only when a segment that a cell reaches
/// is. A moved-from grid image may only be assigned or destroyed.
///
/// An image's axes are (height, width, channels).
class IMGBUF_API GridImage {
 public:
  /// Cells in memory that already exists, checked as by `Array::over` each: every element lies in a segment of
  /// `storage`, and pointer tables are copied. Cells at whose edges their segment goes on are joined (`Grid::merged`).
  /// The time is linear in the cells and in the entries of their tables.
  /// @param grid  of shape (info.height, info.width, info.channels())
  /// @throws Error{invalid_argument} when the shape is not the info's; Error{invalid_layout} naming a cell that leaves
  ///         the storage; Error{limit_exceeded, out_of_memory}
  static GridImage over(Storage storage, const Grid& grid, ImageInfo info);

  /// The pixels of an image as one cell.
  /// @throws Error{invalid_argument} for an image that has no pixels because it was default-made; Error{out_of_memory}
  explicit GridImage(const Image& image);

  [[nodiscard]] const ImageInfo& info() const noexcept { return *info_; }
  [[nodiscard]] const Storage& storage() const noexcept { return storage_; }
  [[nodiscard]] bool is_read_only() const noexcept { return access_ == Access::read_only; }

  /// The pixels, to write. @throws Error{invalid_argument} when the image is read-only
  [[nodiscard]] GridView view() const;
  /// The pixels, to read.
  [[nodiscard]] GridConstView const_view() const { return {geometry_, info_->pixel.format}; }

  /// Another view of the same cells under a new info, for geometry that is only a view. Read-only when this image is.
  /// @param view  of this image's grid: made of its `view()` or `const_view()`
  /// @throws Error{invalid_argument} when it is of another grid, or when shape or elements are not the info's;
  ///         Error{out_of_memory}
  [[nodiscard]] GridImage with_view(const GridConstView& view, ImageInfo info) const;

  /// The pixels as a plain image of the same memory, when they lie in one cell or when there are none.
  /// @throws Error{out_of_memory}
  [[nodiscard]] std::optional<Image> in_one_cell() const;

  /// Each cell, or what the view shows of it, as an array of the same memory, in C order: blocks for libraries that
  /// take a picture in blocks (Dask: the distances of `const_view().cuts(axis)` are its `chunks`) without a copy.
  /// @throws Error{out_of_memory}
  [[nodiscard]] std::vector<CellArray> cells() const;
  /// How many those are.
  [[nodiscard]] std::ptrdiff_t cell_count() const;
  /// Their number along each axis but channels that are not cut: "40 x 40", "40 x 40 x 3".
  [[nodiscard]] std::string cells_text() const;

 private:
  GridImage(Storage storage, Access access, GridGeometry geometry, std::shared_ptr<const ImageInfo> info) noexcept
      : storage_(std::move(storage)), access_(access), geometry_(std::move(geometry)), info_(std::move(info)) {}

  Storage storage_;
  Access access_;
  GridGeometry geometry_;
  std::shared_ptr<const ImageInfo> info_;
};

}  // namespace imgbuf
