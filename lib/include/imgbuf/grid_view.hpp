#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/grid.hpp"
#include "imgbuf/inline_vector.hpp"
#include "imgbuf/layout.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// How an axis of a view runs over an axis of its grid: index i of the view is index first + i * step of the grid.
struct GridAxis {
  int grid_axis = -1;        ///< -1 for an inserted axis, along which everything repeats
  std::ptrdiff_t first = 0;  ///< where on the grid's axis the view begins
  std::ptrdiff_t step = 1;   ///< may be negative, or 0 to repeat
  std::ptrdiff_t extent = 0;

  friend bool operator==(const GridAxis&, const GridAxis&) = default;
};

/// Which elements of a grid a view shows, and at which indices. Shares the grid. Every operation is a pure function
/// that touches no cell and costs the same for any number of them. A moved-from geometry may only be assigned or
/// destroyed.
class IMGBUF_API GridGeometry {
 public:
  /// All of a grid, in its axes. @pre grid
  explicit GridGeometry(std::shared_ptr<const Grid> grid);

  [[nodiscard]] const std::shared_ptr<const Grid>& grid() const noexcept { return grid_; }
  [[nodiscard]] int rank() const noexcept { return steps_.rank(); }
  /// @throws Error{invalid_argument} when there is no such axis
  [[nodiscard]] std::ptrdiff_t extent(int axis) const { return steps_.extent(axis); }
  [[nodiscard]] std::ptrdiff_t element_count() const noexcept { return steps_.element_count(); }
  [[nodiscard]] bool is_empty() const noexcept { return steps_.is_empty(); }

  /// @throws Error{invalid_argument} when there is no such axis
  [[nodiscard]] GridAxis axis(int axis) const;
  /// The index on an axis of the grid at which the view begins; of one that was indexed away, where it stands.
  [[nodiscard]] std::ptrdiff_t first(int grid_axis) const noexcept {
    return first_[static_cast<std::size_t>(grid_axis)];
  }

  /// Indices [begin, end) of an axis.
  struct Range {
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;
  };
  /// The indices of a view's axis around one of them that lie in the same cells. Logarithmic in the grid's cuts.
  /// @throws Error{invalid_argument} when there is no such axis, or no such index
  [[nodiscard]] Range in_same_cells(int axis, std::ptrdiff_t index) const;
  /// Where pieces of the view's axis begin that lie in the same cells, and at last its extent: a grid's cuts seen
  /// through the view. {0} for an axis of extent 0.
  [[nodiscard]] std::vector<std::ptrdiff_t> cuts(int axis) const;

  // Arguments and errors as for the operations of `Layout`.
  [[nodiscard]] GridGeometry index(int axis, std::ptrdiff_t i) const;
  [[nodiscard]] GridGeometry slice(int axis, const Slice& slice) const;
  [[nodiscard]] GridGeometry window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const;
  [[nodiscard]] GridGeometry crop(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts) const;
  [[nodiscard]] GridGeometry select(int axis, std::span<const std::ptrdiff_t> indices) const;
  [[nodiscard]] GridGeometry flip(int axis) const;
  [[nodiscard]] GridGeometry permute(std::span<const int> order) const;
  [[nodiscard]] GridGeometry transpose() const;
  [[nodiscard]] GridGeometry insert_axis(int position) const;
  [[nodiscard]] GridGeometry drop_axis(int axis) const;
  [[nodiscard]] GridGeometry squeeze() const;
  [[nodiscard]] GridGeometry broadcast(int axis, std::ptrdiff_t extent) const;
  [[nodiscard]] GridGeometry broadcast_to(std::span<const std::ptrdiff_t> shape) const;

  /// Where the elements of a box of indices are; leading pointers whose level has no axis are followed.
  /// @param starts  the first index of each axis
  /// @param counts  for each axis at least 1
  /// @pre the box lies in one cell
  [[nodiscard]] AnyView box(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts,
                            Format format) const;
  /// All elements as a plain view, when they lie in one cell or when there are none.
  [[nodiscard]] std::optional<AnyView> in_one_cell(Format format) const;

 private:
  /// The result of an operation on one axis.
  [[nodiscard]] GridGeometry moved(int axis, Rebased steps) const;
  [[nodiscard]] GridGeometry with(Layout steps) const;

  std::shared_ptr<const Grid> grid_;
  /// The same operations on indices: an axis' "byte stride" is its step over the grid's axis.
  Layout steps_;
  InlineVector<int, 4> grid_axes_;         ///< one for each axis of the view
  InlineVector<std::ptrdiff_t, 4> first_;  ///< one for each axis of the grid
};

/// Elements in the cells of a grid, that somebody else owns. `GridView` may write, `GridConstView` may not; the first
/// converts to the second. The cells' memory must outlive the view; a `GridImage` keeps it alive.
///
///     GridConstView tiles = grid_image.const_view();
///     copy(picture.view(), tiles.crop({100, 200}, {64, 64}), context);
template <bool Writable>
class BasicGridView {
 public:
  using byte_type = std::conditional_t<Writable, std::byte, const std::byte>;

  /// @pre grid; its cells are elements of `format`
  BasicGridView(std::shared_ptr<const Grid> grid, Format format)
      : BasicGridView(GridGeometry(std::move(grid)), format) {}
  BasicGridView(GridGeometry geometry, Format format) : geometry_(std::move(geometry)), format_(format) {}

  template <bool Other>
  requires(Other && !Writable) BasicGridView(const BasicGridView<Other>& other)  // NOLINT: gaining const is implicit
      : BasicGridView(other.geometry(), other.format()) {}

  [[nodiscard]] const GridGeometry& geometry() const noexcept { return geometry_; }
  [[nodiscard]] Format format() const noexcept { return format_; }
  [[nodiscard]] int rank() const noexcept { return geometry_.rank(); }
  [[nodiscard]] std::ptrdiff_t extent(int axis) const { return geometry_.extent(axis); }
  [[nodiscard]] bool is_empty() const noexcept { return geometry_.is_empty(); }
  /// As of `GridGeometry`.
  [[nodiscard]] std::vector<std::ptrdiff_t> cuts(int axis) const { return geometry_.cuts(axis); }

  // Sub-views over the same cells; arguments and errors as for the operations of `Layout`.
  [[nodiscard]] BasicGridView index(int axis, std::ptrdiff_t i) const { return with(geometry_.index(axis, i)); }
  [[nodiscard]] BasicGridView slice(int axis, const Slice& s) const { return with(geometry_.slice(axis, s)); }
  [[nodiscard]] BasicGridView window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const {
    return with(geometry_.window(axis, start, count));
  }
  [[nodiscard]] BasicGridView crop(std::span<const std::ptrdiff_t> starts,
                                   std::span<const std::ptrdiff_t> counts) const {
    return with(geometry_.crop(starts, counts));
  }
  [[nodiscard]] BasicGridView crop(std::initializer_list<std::ptrdiff_t> starts,
                                   std::initializer_list<std::ptrdiff_t> counts) const {
    return crop(std::span(starts.begin(), starts.size()), std::span(counts.begin(), counts.size()));
  }
  [[nodiscard]] BasicGridView select(int axis, std::span<const std::ptrdiff_t> indices) const {
    return with(geometry_.select(axis, indices));
  }
  [[nodiscard]] BasicGridView select(int axis, std::initializer_list<std::ptrdiff_t> indices) const {
    return select(axis, std::span(indices.begin(), indices.size()));
  }
  [[nodiscard]] BasicGridView flip(int axis) const { return with(geometry_.flip(axis)); }
  [[nodiscard]] BasicGridView permute(std::span<const int> order) const { return with(geometry_.permute(order)); }
  [[nodiscard]] BasicGridView permute(std::initializer_list<int> order) const {
    return permute(std::span(order.begin(), order.size()));
  }
  [[nodiscard]] BasicGridView transpose() const { return with(geometry_.transpose()); }
  [[nodiscard]] BasicGridView insert_axis(int position) const { return with(geometry_.insert_axis(position)); }
  [[nodiscard]] BasicGridView drop_axis(int axis) const { return with(geometry_.drop_axis(axis)); }
  [[nodiscard]] BasicGridView squeeze() const { return with(geometry_.squeeze()); }
  [[nodiscard]] BasicGridView broadcast(int axis, std::ptrdiff_t extent) const {
    return with(geometry_.broadcast(axis, extent));
  }
  [[nodiscard]] BasicGridView broadcast_to(std::span<const std::ptrdiff_t> shape) const {
    return with(geometry_.broadcast_to(shape));
  }
  [[nodiscard]] BasicGridView broadcast_to(std::initializer_list<std::ptrdiff_t> shape) const {
    return broadcast_to(std::span(shape.begin(), shape.size()));
  }

  /// The plain view, when all of this view lies in one cell or when it has no element.
  [[nodiscard]] std::optional<BasicAnyView<Writable>> in_one_cell() const {
    if (std::optional<AnyView> plain = geometry_.in_one_cell(format_)) return BasicAnyView<Writable>(*std::move(plain));
    return std::nullopt;
  }

 private:
  [[nodiscard]] BasicGridView with(GridGeometry geometry) const { return BasicGridView(std::move(geometry), format_); }

  GridGeometry geometry_;
  Format format_;
};

/// A view of a grid whose elements may be written.
using GridView = BasicGridView<true>;
/// A view of a grid whose elements may only be read.
using GridConstView = BasicGridView<false>;

extern template class IMGBUF_API BasicGridView<true>;
extern template class IMGBUF_API BasicGridView<false>;

}  // namespace imgbuf
