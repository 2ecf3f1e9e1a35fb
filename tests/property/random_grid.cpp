#include "property/random_grid.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "imgbuf/locate.hpp"

namespace imgbuf::test {

namespace {

using Numbers = std::vector<std::ptrdiff_t>;

/// Calls `visit(index)` for every index of a shape in C order.
template <class Visit>
void for_each_index(const Numbers& shape, Visit visit) {
  Numbers index(shape.size(), 0);
  for (std::ptrdiff_t left = std::accumulate(shape.begin(), shape.end(), std::ptrdiff_t{1}, std::multiplies<>());
       left > 0; --left) {
    visit(index);
    for (std::size_t a = shape.size(); a > 0 && ++index[a - 1] == shape[a - 1]; --a) index[a - 1] = 0;
  }
}

/// The same random operation on views of different kinds.
template <class View>
View operated(Random& random, const View& view) {
  const int kind = static_cast<int>(pick(random, 0, 9));
  const int rank = view.rank();
  if (kind == 0) return rank < 6 ? view.insert_axis(static_cast<int>(pick(random, 0, rank))) : view;
  if (kind == 1) return view.transpose();
  if (rank == 0) return view;
  const int axis = static_cast<int>(pick(random, 0, rank - 1));
  const std::ptrdiff_t extent = view.extent(axis);
  switch (kind) {
    case 2:
      return view.flip(axis);
    case 3: {
      std::vector<int> order(static_cast<std::size_t>(rank));
      std::iota(order.begin(), order.end(), 0);
      std::shuffle(order.begin(), order.end(), random);
      return view.permute(order);
    }
    case 4: {
      const std::ptrdiff_t start = pick(random, 0, extent);
      return view.window(axis, start, pick(random, 0, 5) == 0 ? 0 : extent - start);
    }
    case 5:
      return extent > 0 && pick(random, 0, 3) == 0 ? view.index(axis, pick(random, -extent, extent - 1)) : view;
    case 6:
      if (extent != 1) return view.slice(axis, {{}, {}, pick(random, 0, 1) == 0 ? 2 : -3});
      return pick(random, 0, 1) == 0 ? view.drop_axis(axis) : view.squeeze();
    case 7:
      return extent == 1 ? view.broadcast(axis, pick(random, 1, 3)) : view;
    case 8: {
      Numbers starts, counts;
      for (int a = 0; a < rank; ++a) {
        starts.push_back(view.extent(a) / 4);
        counts.push_back(view.extent(a) - view.extent(a) / 3);
        counts.back() = std::min(counts.back(), view.extent(a) - starts.back());
      }
      return view.crop(starts, counts);
    }
    default: {
      Slice slice;
      if (pick(random, 0, 2) != 0) slice.start = pick(random, -extent - 2, extent + 2);
      if (pick(random, 0, 2) != 0) slice.stop = pick(random, -extent - 2, extent + 2);
      do slice.step = pick(random, -3, 3);
      while (slice.step == 0);
      return view.slice(axis, slice);
    }
  }
}

}  // namespace

std::vector<std::ptrdiff_t> random_cuts(Random& random, std::ptrdiff_t extent) {
  Numbers cuts{0};
  const std::ptrdiff_t longest = pick(random, 1, std::max<std::ptrdiff_t>(extent, 1));
  const bool is_even = pick(random, 0, 2) == 0;
  while (cuts.back() < extent)
    cuts.push_back(std::min(extent, cuts.back() + (is_even ? longest : pick(random, 1, longest))));
  return cuts;
}

RandomGrid::RandomGrid(Random& random, const std::vector<std::ptrdiff_t>& shape)
    : RandomGrid(random, shape, {.format = ElementType::u32, .distinct = true, .aligned = true, .numbered = true}) {}

RandomGrid::RandomGrid(Random& random, const std::vector<std::ptrdiff_t>& shape, StructureOptions options)
    : format_(options.format.value_or(ElementType::u32)) {
  options.format = format_;
  std::vector<Numbers> cuts;
  Numbers counts;
  for (const std::ptrdiff_t extent : shape) {
    Numbers along = random_cuts(random, extent);
    // Not more cells than a test has time for.
    if (along.size() > 9) along = {0, extent / 3, extent / 2, extent};
    along.erase(std::unique(along.begin(), along.end()), along.end());
    counts.push_back(static_cast<std::ptrdiff_t>(along.size()) - 1);
    cuts.push_back(std::move(along));
  }
  model_.shape = shape;
  std::size_t element_count = 1;
  for (const std::ptrdiff_t extent : shape) element_count *= static_cast<std::size_t>(extent);
  model_.values.resize(element_count);

  std::vector<Layout> layouts;
  std::vector<Cell> cells;
  const Random form = random;
  std::uint64_t number = 0;
  for_each_index(counts, [&](const Numbers& cell) {
    options.shape = Numbers();
    for (std::size_t a = 0; a < shape.size(); ++a) {
      const auto at = static_cast<std::size_t>(cell[a]);
      options.shape->push_back(cuts[a][at + 1] - cuts[a][at]);
    }
    Random of_cell = form;  // so that cells of one shape have one layout
    if (pick(random, 0, 9) == 0) of_cell.seed(static_cast<std::uint32_t>(random()));
    const RandomStructure& structure = cells_.emplace_back(of_cell, options);
    // Values that differ from those of other cells with the same layout.
    ++number;
    Model seen = structure.model();
    std::size_t i = 0;
    for_each_index(*options.shape, [&](const Numbers& index) {
      std::size_t linear = 0;
      for (std::size_t a = 0; a < shape.size(); ++a)
        linear = linear * static_cast<std::size_t>(shape[a]) +
                 static_cast<std::size_t>(cuts[a][static_cast<std::size_t>(cell[a])] + index[a]);
      if (options.numbered) {
        auto* const element = structure.view().address(index);
        seen.values[i] += 100000 * number;
        const auto value = static_cast<std::uint32_t>(seen.values[i]);
        std::copy_n(reinterpret_cast<const std::byte*>(&value), sizeof value, element);
      }
      model_.values[linear] = seen.values[i++];
    });
    const Layout& layout = structure.view().layout();
    auto known = std::find(layouts.begin(), layouts.end(), layout);
    if (known == layouts.end()) known = layouts.insert(known, layout);
    cells.push_back({structure.view().origin(), static_cast<std::uint32_t>(known - layouts.begin())});
  });
  grid_ = std::make_shared<const Grid>(std::move(cuts), std::move(layouts), std::move(cells));
}

bool RandomGrid::gaps_intact() const {
  return std::all_of(cells_.begin(), cells_.end(), [](const RandomStructure& cell) { return cell.gaps_intact(); });
}

GridSubject random_grid_operation(Random& random, const GridSubject& subject) {
  Random same = random;
  const AnyView numbers = operated(random, subject.numbers);
  if (numbers.layout().element_count() > 400000) return subject;
  return {operated(same, subject.view), numbers};
}

Model read(const GridConstView& view) {
  Model model;
  for (int a = 0; a < view.rank(); ++a) model.shape.push_back(view.extent(a));
  for_each_index(model.shape, [&](const Numbers& index) {
    const AnyConstView element(locate(view, index).pointer(), Layout(), view.format());
    model.values.push_back(read(element).values[0]);
  });
  return model;
}

}  // namespace imgbuf::test
