#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/layout.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf {

/// One cell of a grid: where its elements are, relative to its own first index.
struct Cell {
  std::byte* origin = nullptr;
  std::uint32_t layout = 0;  ///< index into the grid's layouts

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// A partition of an index box into cells by cuts along each axis, as tiles and mosaics are stored. Each cell is a
/// layout with an origin of its own, direct or indirect. Immutable; pure arithmetic like `Layout`, holds no memory. A
/// moved-from grid may only be assigned or destroyed.
///
/// Grids are for the walk: `copy`, `for_each_run`, `transform` and `reduce` take views of them, and are cut at the
/// cells' edges. Elements of a cell cost what those of a plain view do, a cell about half a microsecond: grids whose
/// cells are a few elements are legal and slow.
class IMGBUF_API Grid {
 public:
  /// @param cuts     for each axis where its cells begin, ascending from 0, and at last the axis' extent: {0, 256, 512,
  ///                 600}. {0} for an axis of extent 0, which has no cell
  /// @param layouts  the different layouts of cells; extents are those of the cells that use them
  /// @param cells    in C order of the cells' indices
  /// @throws Error{invalid_layout} naming the axis whose cuts do not ascend from 0, or the cell whose layout is none or
  ///         has other extents than the distances of its cuts; or when the number of cells is not that of the cuts
  Grid(std::vector<std::vector<std::ptrdiff_t>> cuts, std::vector<Layout> layouts, std::vector<Cell> cells);

  /// One cell, which is all of a plain layout; an empty layout has none.
  static Grid one_cell(std::byte* origin, const Layout& layout);

  /// Cells of one size, each in memory of its full size, of which those at the far edges are used in part.
  /// @param shape         extents of the whole
  /// @param cell_shape    extents of a cell that is not cut short, each at least 1
  /// @param full_layouts  layouts of cells, each of extents `cell_shape`
  /// @param cells         in C order; their layouts are indices into `full_layouts`
  /// @throws Error{invalid_layout}
  static Grid uniform(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> cell_shape,
                      std::span<const Layout> full_layouts, std::vector<Cell> cells);

  [[nodiscard]] int rank() const noexcept { return static_cast<int>(cuts_.size()); }
  /// @pre 0 <= axis < rank(), here and below
  [[nodiscard]] std::ptrdiff_t extent(int axis) const noexcept { return cuts(axis).back(); }
  /// Where the cells along an axis begin, and at last its extent.
  [[nodiscard]] std::span<const std::ptrdiff_t> cuts(int axis) const noexcept {
    return cuts_[static_cast<std::size_t>(axis)];
  }
  [[nodiscard]] std::ptrdiff_t cells_along(int axis) const noexcept {
    return static_cast<std::ptrdiff_t>(cuts(axis).size()) - 1;
  }
  /// Which cell along an axis holds an index. @pre 0 <= index < extent(axis)
  [[nodiscard]] std::ptrdiff_t cell_of(int axis, std::ptrdiff_t index) const noexcept;

  /// In C order of the cells' indices.
  [[nodiscard]] std::span<const Cell> cells() const noexcept { return cells_; }
  [[nodiscard]] std::span<const Layout> layouts() const noexcept { return layouts_; }
  [[nodiscard]] const Layout& layout_of(const Cell& cell) const noexcept { return layouts_[cell.layout]; }
  [[nodiscard]] std::ptrdiff_t cell_count() const noexcept { return static_cast<std::ptrdiff_t>(cells_.size()); }

  /// The same elements without the cuts at which memory goes on as if there were none. One cell is left when a plain
  /// layout inside one segment would do. Cells that reach different segments stay apart wherever these happen to lie.
  /// Follows no pointer: cells are joined along the axes of their first level only, and it is the segments of that
  /// level that count.
  /// @param storage  holds the cells; those that do not lie in one of its segments stay as they are
  /// @throws Error{out_of_memory}
  [[nodiscard]] Grid merged(const Storage& storage) const;

 private:
  std::vector<std::vector<std::ptrdiff_t>> cuts_;
  std::vector<Layout> layouts_;
  std::vector<Cell> cells_;
};

}  // namespace imgbuf
