#include "imgbuf/grid.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "base/out_of_memory.hpp"
#include "image/reach.hpp"
#include "imgbuf/error.hpp"
#include "layout/checked.hpp"
#include "layout/refuse.hpp"

namespace imgbuf {

namespace {

using Cuts = std::vector<std::vector<std::ptrdiff_t>>;

void require_cuts(const Cuts& cuts) {
  if (cuts.size() > static_cast<std::size_t>(Layout::max_rank))
    throw Error(ErrorCode::invalid_layout, "more than 64 axes");
  std::vector<std::ptrdiff_t> shape;
  for (std::size_t a = 0; a < cuts.size(); ++a) {
    const auto does_not_ascend = [](std::ptrdiff_t one, std::ptrdiff_t next) { return one >= next; };
    if (cuts[a].empty() || cuts[a].front() != 0 ||
        std::adjacent_find(cuts[a].begin(), cuts[a].end(), does_not_ascend) != cuts[a].end())
      layout::refuse(ErrorCode::invalid_layout, "the cuts of a grid do not ascend from 0", static_cast<int>(a));
    shape.push_back(cuts[a].back());
  }
  (void)Layout::contiguous(shape, 1);  // so that the elements can be counted
}

/// Visits the indices of all cells in C order: calls `f(number, index along each axis)`.
template <class F>
void for_each_cell(const Cuts& cuts, F&& f) {
  std::vector<std::size_t> index(cuts.size());
  for (const auto& along : cuts)
    if (along.size() == 1) return;
  for (std::size_t number = 0;; ++number) {
    f(number, index);
    std::size_t a = cuts.size();
    while (a > 0 && ++index[a - 1] == cuts[a - 1].size() - 1) index[--a] = 0;
    if (a == 0) return;
  }
}

std::size_t count_cells(const Cuts& cuts) noexcept {
  std::size_t count = 1;  // not more than there are elements, whose number fits
  for (const auto& along : cuts) count *= along.size() - 1;
  return count;
}

void require_count(const Cuts& cuts, const std::vector<Cell>& cells) {
  if (cells.size() != count_cells(cuts))
    throw Error(ErrorCode::invalid_layout,
                "a grid of " + std::to_string(count_cells(cuts)) + " cells was given " + std::to_string(cells.size()));
}

std::string cell_place(const std::vector<std::size_t>& index) {
  std::string place = "cell (";
  for (std::size_t a = 0; a < index.size(); ++a) place += (a == 0 ? "" : ", ") + std::to_string(index[a]);
  return place + ")";
}

bool has_shape(const Layout& layout, std::span<const std::ptrdiff_t> shape) noexcept {
  return std::equal(layout.axes().begin(), layout.axes().end(), shape.begin(), shape.end(),
                    [](const Axis& axis, std::ptrdiff_t extent) { return axis.extent == extent; });
}

/// A grid whose cells are joined along one axis after the other.
class Merging {
 public:
  Merging(Cuts cuts, std::vector<Layout> layouts, std::vector<Cell> cells, const Storage& storage)
      : cuts_(std::move(cuts)), layouts_(std::move(layouts)), cells_(std::move(cells)) {
    for (const Cell& cell : cells_) segments_.push_back(segment_of(cell, storage));
  }

  Grid merged() && {
    for (std::size_t a = 0; a < cuts_.size(); ++a) merge_along(a);
    return Grid(std::move(cuts_), std::move(layouts_), std::move(cells_));
  }

 private:
  /// Cells that are joined so far, with one for each place on the other axes.
  struct Group {
    std::size_t first = 0;                ///< cell along the axis
    std::ptrdiff_t extent = 0;            ///< of all of them together
    std::vector<std::ptrdiff_t> strides;  ///< along the axis, one for each place
  };

  /// The segment that holds what a cell reaches of its first level, or null.
  [[nodiscard]] const Segment* segment_of(const Cell& cell, const Storage& storage) const noexcept {
    const image::LevelReach reach = image::level_reach(layouts_[cell.layout], 0);
    return storage.find(image::shifted(cell.origin, reach.first),
                        static_cast<std::size_t>(reach.last - reach.first) + 1);
  }

  void merge_along(std::size_t axis) {
    const std::size_t along = cuts_[axis].size() - 1;
    if (along < 2 || cells_.empty()) return;
    inner_ = 1;
    for (std::size_t a = axis + 1; a < cuts_.size(); ++a) inner_ *= cuts_[a].size() - 1;
    std::vector<Group> groups;
    for (std::size_t k = 0; k < along; ++k)
      if (groups.empty() || !join(axis, groups.back(), k)) groups.push_back(group_of(axis, k));
    if (groups.size() < along) rebuild(axis, groups);
  }

  [[nodiscard]] std::size_t places(std::size_t axis) const noexcept { return cells_.size() / (cuts_[axis].size() - 1); }
  /// The number of the cell at a place on the other axes, in their C order, and at `k` along this one.
  [[nodiscard]] std::size_t number(std::size_t axis, std::size_t place, std::size_t k) const noexcept {
    return (place / inner_ * (cuts_[axis].size() - 1) + k) * inner_ + place % inner_;
  }
  [[nodiscard]] const Cell& at(std::size_t axis, std::size_t place, std::size_t k) const noexcept {
    return cells_[number(axis, place, k)];
  }
  [[nodiscard]] std::ptrdiff_t extent_of(std::size_t axis, std::size_t k) const noexcept {
    return cuts_[axis][k + 1] - cuts_[axis][k];
  }

  [[nodiscard]] Group group_of(std::size_t axis, std::size_t k) const {
    Group group{k, extent_of(axis, k), {}};
    for (std::size_t p = 0; p < places(axis); ++p)
      group.strides.push_back(layouts_[at(axis, p, k).layout].axes()[axis].byte_stride);
    return group;
  }

  /// Adds the cells at `k` to a group that ends before them, if its segment goes on there at every place.
  [[nodiscard]] bool join(std::size_t axis, Group& group, std::size_t k) const {
    std::vector<std::ptrdiff_t> strides = group.strides;
    const std::ptrdiff_t extent = extent_of(axis, k);
    for (std::size_t p = 0; p < places(axis); ++p) {
      const Cell& first = at(axis, p, group.first);
      const Cell& next = at(axis, p, k);
      const Segment* const segment = segments_[number(axis, p, group.first)];
      if (segment == nullptr || segment != segments_[number(axis, p, k)]) return false;
      if (!is_same_but_along(axis, layouts_[first.layout], layouts_[next.layout])) return false;
      const std::ptrdiff_t distance = image::bytes_between(first.origin, next.origin);
      if (group.extent == 1) strides[p] = distance;  // the stride of a single index may be any
      std::ptrdiff_t expected = 0;
      if (!detail::multiply(strides[p], group.extent, expected) || expected != distance) return false;
      if (extent > 1 && layouts_[next.layout].axes()[axis].byte_stride != strides[p]) return false;
    }
    group.strides = std::move(strides);
    group.extent += extent;
    return true;
  }

  [[nodiscard]] static bool is_same_but_along(std::size_t axis, const Layout& one, const Layout& other) noexcept {
    if (one.axes()[axis].level != 0 || other.axes()[axis].level != 0) return false;
    if (&one == &other) return true;
    const auto offsets = one.pointer_offsets(), other_offsets = other.pointer_offsets();
    if (!std::equal(offsets.begin(), offsets.end(), other_offsets.begin(), other_offsets.end())) return false;
    for (std::size_t a = 0; a < one.axes().size(); ++a) {
      const Axis& x = one.axes()[a];
      const Axis& y = other.axes()[a];
      if (a != axis && (x.level != y.level || (x.extent > 1 && x.byte_stride != y.byte_stride))) return false;
    }
    return true;
  }

  void rebuild(std::size_t axis, const std::vector<Group>& groups) {
    Cuts cuts = cuts_;
    cuts[axis].clear();
    for (const Group& group : groups) cuts[axis].push_back(cuts_[axis][group.first]);
    cuts[axis].push_back(cuts_[axis].back());

    std::vector<Layout> layouts;
    std::vector<Cell> cells(places(axis) * groups.size());
    std::vector<const Segment*> segments(cells.size());
    std::map<std::tuple<std::uint32_t, std::ptrdiff_t, std::ptrdiff_t>, std::uint32_t> known;
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (std::size_t p = 0; p < places(axis); ++p) {
        const Group& group = groups[g];
        const Cell& first = at(axis, p, group.first);
        const auto [entry, is_new] = known.try_emplace({first.layout, group.extent, group.strides[p]},
                                                       static_cast<std::uint32_t>(layouts.size()));
        if (is_new) {
          const Layout& old = layouts_[first.layout];
          std::vector<Axis> axes(old.axes().begin(), old.axes().end());
          axes[axis].extent = group.extent;
          axes[axis].byte_stride = group.strides[p];
          layouts.emplace_back(axes, old.pointer_offsets());
        }
        const std::size_t joined = (p / inner_ * groups.size() + g) * inner_ + p % inner_;
        cells[joined] = {first.origin, entry->second};
        segments[joined] = segments_[number(axis, p, group.first)];
      }
    cuts_ = std::move(cuts);
    layouts_ = std::move(layouts);
    cells_ = std::move(cells);
    segments_ = std::move(segments);
  }

  Cuts cuts_;
  std::vector<Layout> layouts_;
  std::vector<Cell> cells_;
  std::vector<const Segment*> segments_;  ///< of the cells
  std::size_t inner_ = 1;                 ///< cells of one place along the axis in work and all places behind it
};

}  // namespace

Grid::Grid(Cuts cuts, std::vector<Layout> layouts, std::vector<Cell> cells)
    : cuts_(std::move(cuts)), layouts_(std::move(layouts)), cells_(std::move(cells)) {
  base::or_out_of_memory([&] {
    require_cuts(cuts_);
    require_count(cuts_, cells_);
    std::vector<std::ptrdiff_t> shape(cuts_.size());
    for_each_cell(cuts_, [&](std::size_t number, const std::vector<std::size_t>& index) {
      for (std::size_t a = 0; a < shape.size(); ++a) shape[a] = cuts_[a][index[a] + 1] - cuts_[a][index[a]];
      const std::uint32_t layout = cells_[number].layout;
      if (layout >= layouts_.size())
        throw Error(ErrorCode::invalid_layout,
                    "layout " + std::to_string(layout) + " of " + std::to_string(layouts_.size()), cell_place(index));
      if (!has_shape(layouts_[layout], shape))
        throw Error(ErrorCode::invalid_layout,
                    "a layout of " + layouts_[layout].describe() + " does not have the extents of its cuts",
                    cell_place(index));
    });
  });
}

Grid Grid::one_cell(std::byte* origin, const Layout& layout) {
  return base::or_out_of_memory([&] {
    Cuts cuts;
    for (const Axis& axis : layout.axes())
      cuts.push_back(axis.extent == 0 ? std::vector<std::ptrdiff_t>{0} : std::vector<std::ptrdiff_t>{0, axis.extent});
    if (layout.is_empty()) return Grid(std::move(cuts), {}, {});
    return Grid(std::move(cuts), {layout}, {{origin, 0}});
  });
}

Grid Grid::uniform(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> cell_shape,
                   std::span<const Layout> full_layouts, std::vector<Cell> cells) {
  return base::or_out_of_memory([&] {
    if (shape.size() != cell_shape.size() || shape.size() > static_cast<std::size_t>(Layout::max_rank))
      throw Error(ErrorCode::invalid_layout, "a grid of rank " + std::to_string(shape.size()) + " with cells of rank " +
                                                 std::to_string(cell_shape.size()));
    Cuts cuts;
    for (std::size_t a = 0; a < shape.size(); ++a) {
      if (shape[a] < 0 || cell_shape[a] < 1)
        layout::refuse(ErrorCode::invalid_layout,
                       "an extent of " + std::to_string(shape[a]) + " in cells of " + std::to_string(cell_shape[a]),
                       static_cast<int>(a));
      std::vector<std::ptrdiff_t>& along = cuts.emplace_back(1, 0);
      while (along.back() < shape[a]) along.push_back(along.back() + std::min(cell_shape[a], shape[a] - along.back()));
    }
    require_cuts(cuts);
    require_count(cuts, cells);

    std::vector<Layout> layouts;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> known;  // by full layout and which axes are short
    for_each_cell(cuts, [&](std::size_t number, const std::vector<std::size_t>& index) {
      const std::uint32_t full = cells[number].layout;
      if (full >= full_layouts.size() || !has_shape(full_layouts[full], cell_shape))
        throw Error(ErrorCode::invalid_layout, "its layout is none, or not that of a whole cell", cell_place(index));
      std::uint64_t short_axes = 0;
      for (std::size_t a = 0; a < index.size(); ++a)
        if (cuts[a][index[a] + 1] - cuts[a][index[a]] < cell_shape[a]) short_axes |= std::uint64_t{1} << a;
      const auto [entry, is_new] = known.try_emplace({full, short_axes}, static_cast<std::uint32_t>(layouts.size()));
      if (is_new) {
        Layout narrowed = full_layouts[full];
        for (std::size_t a = 0; a < index.size(); ++a)
          narrowed = narrowed.window(static_cast<int>(a), 0, cuts[a][index[a] + 1] - cuts[a][index[a]]).layout;
        layouts.push_back(std::move(narrowed));
      }
      cells[number].layout = entry->second;
    });
    return Grid(std::move(cuts), std::move(layouts), std::move(cells));
  });
}

std::ptrdiff_t Grid::cell_of(int axis, std::ptrdiff_t index) const noexcept {
  const auto along = cuts(axis);
  return std::upper_bound(along.begin(), along.end(), index) - along.begin() - 1;
}

Grid Grid::merged(const Storage& storage) const {
  return base::or_out_of_memory([&] { return Merging(cuts_, layouts_, cells_, storage).merged(); });
}

}  // namespace imgbuf
