#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/grid_image.hpp"
#include "python/py_image.hpp"

namespace imgbuf::python {

/// What `imgbuf.Grid` is in Python: a picture in cells, of axes height, width and channel, with names of its channels
/// and what the file it came from said. Every part of it is another `PyGrid` over the same storage.
class PyGrid {
 public:
  static constexpr int rank = 3;
  using Index = std::array<std::ptrdiff_t, rank>;

  explicit PyGrid(const GridImage& image);

  /// The same grid of what is not the whole of its file's picture.
  [[nodiscard]] PyGrid as_changed() const;

  [[nodiscard]] GridConstView view() const { return cells_.const_view(); }
  [[nodiscard]] Format format() const noexcept { return cells_.info().pixel.format; }
  [[nodiscard]] bool is_read_only() const noexcept { return cells_.is_read_only(); }
  [[nodiscard]] Index shape() const noexcept;
  [[nodiscard]] std::ptrdiff_t element_count() const noexcept { return view().geometry().element_count(); }
  [[nodiscard]] std::span<const std::string> channels() const noexcept { return channels_; }

  /// How many cells there are along each axis; 0 along one of extent 0.
  [[nodiscard]] Index cell_counts() const noexcept;
  /// Where the cells along an axis begin, and at last its extent. @pre 0 <= axis < rank
  [[nodiscard]] std::span<const std::ptrdiff_t> cuts(int axis) const noexcept {
    return cuts_[static_cast<std::size_t>(axis)];
  }
  /// As `GridImage::cells_text`.
  [[nodiscard]] std::string cells_text() const { return cells_.cells_text(); }
  /// A cell by its numbers along the axes, as an image of the same memory.
  /// @pre 0 <= index < cell_counts()
  [[nodiscard]] PyImage cell(const Index& index) const;
  /// All elements as an image of the same memory, when they lie in one cell or when there are none.
  [[nodiscard]] std::optional<PyImage> in_one_cell() const;

  /// Part of an axis; a view of the same memory. @pre 0 <= axis < rank
  /// @throws Error{invalid_argument} when no channel would be left; as `Layout::slice`
  [[nodiscard]] PyGrid slice(int axis, const Slice& slice) const;

  /// One pixel such as these in new memory, undefined: for what depends on the meaning of elements alone.
  [[nodiscard]] PyImage pixel_alike() const;
  /// The elements in new memory. Needs no GIL. @throws as `copy_of`
  [[nodiscard]] PyImage copy(const Arrangement& arrangement) const;

  /// What the pixels mean, with this grid's own size; nothing when the channels make no colour model.
  [[nodiscard]] std::optional<ImageInfo> info() const;
  /// How all elements get to a consumer.
  [[nodiscard]] Handoff explain(const Consumer& consumer) const { return explain_handoff(cells_, consumer); }

 private:
  PyGrid(GridImage cells, std::vector<std::string> channels, std::shared_ptr<const ImageInfo> info);

  [[nodiscard]] PyImage named(Array array, std::vector<std::string> channels) const;

  GridImage cells_;  ///< its info says the size and the elements' format alone: colours are in `channels_`
  std::vector<std::string> channels_;
  std::shared_ptr<const ImageInfo> info_;  ///< of the file
  std::array<std::vector<std::ptrdiff_t>, rank> cuts_;
  bool is_changed_ = false;  ///< less of the picture, or turned, as `PyImage::as_changed`
};

}  // namespace imgbuf::python
