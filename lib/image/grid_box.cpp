#include "image/grid_box.hpp"

namespace imgbuf::image {

BoxPlace place_of_box(const GridGeometry& geometry, std::span<const std::ptrdiff_t> starts) {
  const Grid& grid = *geometry.grid();
  InlineVector<std::ptrdiff_t, 4> index;  // on the grid's axes
  for (int g = 0; g < grid.rank(); ++g) index.push_back(geometry.first(g));
  for (int a = 0; a < geometry.rank(); ++a)
    if (const GridAxis axis = geometry.axis(a); axis.grid_axis >= 0)
      index[static_cast<std::size_t>(axis.grid_axis)] += starts[static_cast<std::size_t>(a)] * axis.step;

  std::ptrdiff_t number = 0;
  for (int g = 0; g < grid.rank(); ++g) {
    std::ptrdiff_t& i = index[static_cast<std::size_t>(g)];
    const std::ptrdiff_t along = grid.cell_of(g, i);
    number = number * grid.cells_along(g) + along;
    i -= grid.cuts(g)[static_cast<std::size_t>(along)];
  }
  const Cell& cell = grid.cells()[static_cast<std::size_t>(number)];
  const Layout& layout = grid.layout_of(cell);
  BoxPlace place{cell.origin, {layout.pointer_offsets().data(), layout.pointer_offsets().size()}, cell.layout};
  for (std::size_t g = 0; g < index.size(); ++g) {
    const Axis& axis = layout.axes()[g];
    const std::ptrdiff_t bytes = index[g] * axis.byte_stride;
    if (axis.level == 0)
      place.origin += bytes;
    else
      place.pointer_offsets[static_cast<std::size_t>(axis.level - 1)] += bytes;
  }
  return place;
}

Layout layout_of_box(const GridGeometry& geometry, std::uint32_t cell_layout, std::span<const std::ptrdiff_t> counts,
                     std::span<const std::ptrdiff_t> pointer_offsets) {
  const Layout& in_cell = geometry.grid()->layouts()[cell_layout];
  InlineVector<Axis, 4> axes;
  for (int a = 0; a < geometry.rank(); ++a) {
    const GridAxis along = geometry.axis(a);
    const std::ptrdiff_t count = counts[static_cast<std::size_t>(a)];
    if (along.grid_axis < 0) {
      axes.push_back({count, 0, in_cell.indirections()});
      continue;
    }
    const Axis& axis = in_cell.axes()[static_cast<std::size_t>(along.grid_axis)];
    // A step that is never taken may not fit.
    axes.push_back({count, count > 1 ? axis.byte_stride * along.step : axis.byte_stride, axis.level});
  }
  return Layout({axes.data(), axes.size()}, pointer_offsets);
}

}  // namespace imgbuf::image
