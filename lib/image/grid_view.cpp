#include "imgbuf/grid_view.hpp"

#include <algorithm>
#include <string>

#include "image/grid_box.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

/// All of a grid: each axis in steps of 1.
Layout unit_steps(const Grid& grid) {
  std::vector<std::ptrdiff_t> shape, steps(static_cast<std::size_t>(grid.rank()), 1);
  for (int a = 0; a < grid.rank(); ++a) shape.push_back(grid.extent(a));
  return Layout::strided(shape, steps);
}

}  // namespace

GridGeometry::GridGeometry(std::shared_ptr<const Grid> grid) : grid_(std::move(grid)), steps_(unit_steps(*grid_)) {
  for (int a = 0; a < grid_->rank(); ++a) {
    grid_axes_.push_back(a);
    first_.push_back(0);
  }
}

GridAxis GridGeometry::axis(int axis) const {
  const Axis& along = steps_.axis(axis);
  const int grid_axis = grid_axes_[static_cast<std::size_t>(axis)];
  if (grid_axis < 0) return {-1, 0, 0, along.extent};
  return {grid_axis, first(grid_axis), along.byte_stride, along.extent};
}

GridGeometry::Range GridGeometry::in_same_cells(int axis, std::ptrdiff_t index) const {
  const GridAxis along = this->axis(axis);
  if (index < 0 || index >= along.extent)
    throw Error(ErrorCode::invalid_argument,
                "index " + std::to_string(index) + " is outside an extent of " + std::to_string(along.extent),
                "axis " + std::to_string(axis));
  if (along.extent == 1 || along.step == 0 || along.grid_axis < 0) return {0, along.extent};
  const std::ptrdiff_t at = along.first + index * along.step;
  const auto cuts = grid_->cuts(along.grid_axis);
  const auto cell = static_cast<std::size_t>(grid_->cell_of(along.grid_axis, at));
  // How many more indices of the view there are on either side until the grid's index leaves its cell.
  const std::ptrdiff_t below = at - cuts[cell], above = cuts[cell + 1] - 1 - at;
  const std::ptrdiff_t step = along.step < 0 ? -along.step : along.step;
  const std::ptrdiff_t before = (along.step > 0 ? below : above) / step,
                       after = (along.step > 0 ? above : below) / step;
  return {index - std::min(before, index), index + std::min(after, along.extent - 1 - index) + 1};
}

std::vector<std::ptrdiff_t> GridGeometry::cuts(int axis) const {
  std::vector<std::ptrdiff_t> all{0};
  const std::ptrdiff_t extent = this->extent(axis);
  while (all.back() < extent) all.push_back(in_same_cells(axis, all.back()).end);
  return all;
}

GridGeometry GridGeometry::moved(int axis, Rebased steps) const {
  GridGeometry result = *this;
  result.steps_ = std::move(steps.layout);
  if (const int grid_axis = grid_axes_[static_cast<std::size_t>(axis)]; grid_axis >= 0)
    result.first_[static_cast<std::size_t>(grid_axis)] += steps.origin_offset_bytes;
  return result;
}

GridGeometry GridGeometry::with(Layout steps) const {
  GridGeometry result = *this;
  result.steps_ = std::move(steps);
  return result;
}

GridGeometry GridGeometry::index(int axis, std::ptrdiff_t i) const {
  GridGeometry result = moved(axis, steps_.index(axis, i));
  result.grid_axes_.erase(static_cast<std::size_t>(axis));
  return result;
}

GridGeometry GridGeometry::slice(int axis, const Slice& slice) const {
  return moved(axis, steps_.slice(axis, slice));
}

GridGeometry GridGeometry::window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const {
  return moved(axis, steps_.window(axis, start, count));
}

GridGeometry GridGeometry::crop(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts) const {
  (void)steps_.crop(starts, counts);  // refuses what is wrong with all of it
  GridGeometry result = *this;
  for (std::size_t a = 0; a < starts.size(); ++a) result = result.window(static_cast<int>(a), starts[a], counts[a]);
  return result;
}

GridGeometry GridGeometry::select(int axis, std::span<const std::ptrdiff_t> indices) const {
  return moved(axis, steps_.select(axis, indices));
}

GridGeometry GridGeometry::flip(int axis) const {
  return moved(axis, steps_.flip(axis));
}

GridGeometry GridGeometry::permute(std::span<const int> order) const {
  GridGeometry result = with(steps_.permute(order));
  for (std::size_t a = 0; a < order.size(); ++a) result.grid_axes_[a] = grid_axes_[static_cast<std::size_t>(order[a])];
  return result;
}

GridGeometry GridGeometry::transpose() const {
  GridGeometry result = with(steps_.transpose());
  std::reverse(result.grid_axes_.begin(), result.grid_axes_.end());
  return result;
}

GridGeometry GridGeometry::insert_axis(int position) const {
  GridGeometry result = with(steps_.insert_axis(position));
  result.grid_axes_.insert(static_cast<std::size_t>(position), -1);
  return result;
}

GridGeometry GridGeometry::drop_axis(int axis) const {
  GridGeometry result = with(steps_.drop_axis(axis));
  result.grid_axes_.erase(static_cast<std::size_t>(axis));
  return result;
}

GridGeometry GridGeometry::squeeze() const {
  GridGeometry result = *this;
  for (int a = rank() - 1; a >= 0; --a)
    if (extent(a) == 1) result = result.drop_axis(a);
  return result;
}

GridGeometry GridGeometry::broadcast(int axis, std::ptrdiff_t extent) const {
  return with(steps_.broadcast(axis, extent));
}

GridGeometry GridGeometry::broadcast_to(std::span<const std::ptrdiff_t> shape) const {
  GridGeometry result = with(steps_.broadcast_to(shape));
  while (result.grid_axes_.size() < shape.size()) result.grid_axes_.insert(0, -1);
  return result;
}

AnyView GridGeometry::box(std::span<const std::ptrdiff_t> starts, std::span<const std::ptrdiff_t> counts,
                          Format format) const {
  const image::BoxPlace place = image::place_of_box(*this, starts);
  Layout layout =
      image::layout_of_box(*this, place.layout, counts, {place.pointer_offsets.data(), place.pointer_offsets.size()});
  std::byte* const origin = detail::follow_leading_pointers(place.origin, layout);
  return {origin, std::move(layout), format};
}

std::optional<AnyView> GridGeometry::in_one_cell(Format format) const {
  InlineVector<std::ptrdiff_t, 4> starts, counts;
  for (int a = 0; a < rank(); ++a) {
    starts.push_back(0);
    counts.push_back(extent(a));
  }
  if (is_empty())
    return AnyView(nullptr, Layout::strided({counts.data(), counts.size()}, {starts.data(), starts.size()}), format);
  for (int a = 0; a < rank(); ++a)
    if (in_same_cells(a, 0).end != extent(a)) return std::nullopt;
  return box({starts.data(), starts.size()}, {counts.data(), counts.size()}, format);
}

template class BasicGridView<true>;
template class BasicGridView<false>;

}  // namespace imgbuf
