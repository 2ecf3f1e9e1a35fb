#include "property/random_operation.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace imgbuf::test {

namespace {

using Numbers = std::vector<std::ptrdiff_t>;

constexpr std::ptrdiff_t most_elements = 2000;  // an operation that would give more is left out

std::ptrdiff_t element_count(const Numbers& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::ptrdiff_t{1}, std::multiplies<>());
}

/// The model whose element at `index` is `old`'s element at `to_old(index)`.
template <class ToOld>
Model rearranged(const Model& old, Numbers shape, ToOld to_old) {
  Model result;
  result.shape = std::move(shape);
  const std::ptrdiff_t count = element_count(result.shape);
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    Numbers index(result.shape.size());
    std::ptrdiff_t rest = i;
    for (std::size_t a = index.size(); a-- > 0;) {
      index[a] = rest % result.shape[a];
      rest /= result.shape[a];
    }
    const Numbers at = to_old(index);
    std::ptrdiff_t linear = 0;
    for (std::size_t a = 0; a < old.shape.size(); ++a) linear = linear * old.shape[a] + at[a];
    result.values.push_back(old.values[static_cast<std::size_t>(linear)]);
  }
  return result;
}

/// The model that keeps these indices of one axis.
Model with_kept(const Model& old, int axis, const Numbers& kept) {
  const auto a = static_cast<std::size_t>(axis);
  Numbers shape = old.shape;
  shape[a] = static_cast<std::ptrdiff_t>(kept.size());
  return rearranged(old, shape, [&](Numbers index) {
    index[a] = kept[static_cast<std::size_t>(index[a])];
    return index;
  });
}

Model permuted(const Model& old, const std::vector<int>& order) {
  Numbers shape;
  for (const int from : order) shape.push_back(old.shape[static_cast<std::size_t>(from)]);
  return rearranged(old, shape, [&](const Numbers& index) {
    Numbers at(index.size());
    for (std::size_t i = 0; i < order.size(); ++i) at[static_cast<std::size_t>(order[i])] = index[i];
    return at;
  });
}

/// What Python's range(*slice(...).indices(extent)) selects, written out the long way.
Numbers selected(const Slice& slice, std::ptrdiff_t extent) {
  Numbers result;
  const std::ptrdiff_t before_first = slice.step < 0 ? -1 : 0;
  const std::ptrdiff_t last = slice.step < 0 ? extent - 1 : extent;
  const auto bound = [&](std::ptrdiff_t value) {
    if (value < 0) value += extent;
    return std::min(std::max(value, before_first), last);
  };
  std::ptrdiff_t i = slice.start ? bound(*slice.start) : (slice.step < 0 ? extent - 1 : 0);
  const std::ptrdiff_t stop = slice.stop ? bound(*slice.stop) : (slice.step < 0 ? -1 : extent);
  for (; slice.step < 0 ? i > stop : i < stop; i += slice.step) result.push_back(i);
  return result;
}

Numbers counted(std::ptrdiff_t start, std::ptrdiff_t count) {
  Numbers result(static_cast<std::size_t>(count));
  std::iota(result.begin(), result.end(), start);
  return result;
}

/// The view after an operation on its layout. Unlike the operations of views, leaves leading pointers in place.
AnyView moved(const AnyView& view, const Rebased& r) {
  return AnyView(r.layout.is_empty() ? view.origin() : view.origin() + r.origin_offset_bytes, r.layout, view.format());
}

int any_axis(Random& random, const Subject& s) {
  return static_cast<int>(pick(random, 0, s.view.rank() - 1));
}

// What follows is never called for a subject of rank 0, unless it says so.

Subject slice(Random& random, const Subject& s) {
  const int axis = any_axis(random, s);
  const std::ptrdiff_t extent = s.view.extent(axis);
  Slice slice;
  if (pick(random, 0, 3) != 0) slice.start = pick(random, -extent - 2, extent + 2);
  if (pick(random, 0, 3) != 0) slice.stop = pick(random, -extent - 2, extent + 2);
  do slice.step = pick(random, -3, 3);
  while (slice.step == 0);
  return {s.view.slice(axis, slice), with_kept(s.model, axis, selected(slice, extent))};
}

Subject index(Random& random, const Subject& s) {
  const int axis = any_axis(random, s);
  const std::ptrdiff_t extent = s.view.extent(axis);
  if (extent == 0) return s;
  const std::ptrdiff_t i = pick(random, -extent, extent - 1);
  Model model = with_kept(s.model, axis, {i < 0 ? i + extent : i});
  model.shape.erase(model.shape.begin() + axis);
  return {pick(random, 0, 1) == 0 ? s.view.index(axis, i) : moved(s.view, s.view.layout().index(axis, i)), model};
}

Subject flip(Random& random, const Subject& s) {
  const int axis = any_axis(random, s);
  Numbers kept = counted(0, s.view.extent(axis));
  std::reverse(kept.begin(), kept.end());
  return {s.view.flip(axis), with_kept(s.model, axis, kept)};
}

Subject permute(Random& random, const Subject& s) {
  std::vector<int> order(static_cast<std::size_t>(s.view.rank()));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  return {s.view.permute(order), permuted(s.model, order)};
}

/// For any rank.
Subject transpose(Random&, const Subject& s) {
  std::vector<int> order(static_cast<std::size_t>(s.view.rank()));
  std::iota(order.rbegin(), order.rend(), 0);
  return {moved(s.view, {s.view.layout().transpose(), 0}), permuted(s.model, order)};
}

Subject broadcast(Random& random, const Subject& s) {
  const int axis = any_axis(random, s);
  const std::ptrdiff_t extent = s.view.extent(axis) == 1 ? pick(random, 0, 3) : s.view.extent(axis);
  if (s.view.layout().element_count() * extent > most_elements) return s;
  const Numbers kept = s.view.extent(axis) == 1 ? Numbers(static_cast<std::size_t>(extent), 0) : counted(0, extent);
  return {s.view.broadcast(axis, extent), with_kept(s.model, axis, kept)};
}

/// For any rank.
Subject broadcast_to(Random& random, const Subject& s) {
  Numbers shape = s.model.shape;
  for (std::ptrdiff_t& extent : shape)
    if (extent == 1) extent = pick(random, 1, 3);
  const auto leading = static_cast<std::size_t>(pick(random, 0, 2));
  for (std::size_t a = 0; a < leading; ++a) shape.insert(shape.begin(), pick(random, 1, 3));
  if (element_count(shape) > most_elements || shape.size() > 8) return s;
  return {moved(s.view, {s.view.layout().broadcast_to(shape), 0}),
          rearranged(s.model, shape, [&](const Numbers& index) {
            Numbers at(index.begin() + static_cast<std::ptrdiff_t>(leading), index.end());
            for (std::size_t a = 0; a < at.size(); ++a) at[a] = s.model.shape[a] == 1 ? 0 : at[a];
            return at;
          })};
}

/// For any rank.
Subject insert_axis(Random& random, const Subject& s) {
  if (s.view.rank() >= 8) return s;
  const int position = static_cast<int>(pick(random, 0, s.view.rank()));
  Model model = s.model;
  model.shape.insert(model.shape.begin() + position, 1);
  return {s.view.insert_axis(position), model};
}

Subject drop_axis(Random& random, const Subject& s) {
  const int axis = any_axis(random, s);
  if (s.view.extent(axis) != 1) return s;
  Model model = s.model;
  model.shape.erase(model.shape.begin() + axis);
  return {s.view.drop_axis(axis), model};
}

/// For any rank.
Subject squeeze(Random&, const Subject& s) {
  Model model = s.model;
  std::erase(model.shape, 1);
  return {moved(s.view, {s.view.layout().squeeze(), 0}), model};
}

Subject window(Random& random, const Subject& s) {
  const int axis = any_axis(random, s);
  const std::ptrdiff_t start = pick(random, 0, s.view.extent(axis));
  const std::ptrdiff_t count = pick(random, 0, s.view.extent(axis) - start);
  return {s.view.window(axis, start, count), with_kept(s.model, axis, counted(start, count))};
}

/// For any rank.
Subject crop(Random& random, const Subject& s) {
  const auto cropped = static_cast<std::size_t>(pick(random, 0, s.view.rank()));
  Numbers starts, counts;
  Model model = s.model;
  for (std::size_t a = 0; a < cropped; ++a) {
    const std::ptrdiff_t extent = s.model.shape[a];
    starts.push_back(pick(random, 0, std::max<std::ptrdiff_t>(extent - 1, 0)));
    counts.push_back(pick(random, std::min<std::ptrdiff_t>(extent - starts[a], 1), extent - starts[a]));
    model = with_kept(model, static_cast<int>(a), counted(starts[a], counts[a]));
  }
  return {moved(s.view, s.view.layout().crop(starts, counts)), model};
}

/// Some indices of the last axis, evenly spaced.
Subject select_channels(Random& random, const Subject& s) {
  const int axis = s.view.rank() - 1;
  const std::ptrdiff_t extent = s.view.extent(axis);
  Numbers kept, indices;
  const std::ptrdiff_t step = pick(random, -2, 2);
  if (extent > 0)
    for (std::ptrdiff_t i = pick(random, 0, extent - 1), left = pick(random, 0, 4); left > 0; --left, i += step)
      if (i >= 0 && i < extent) kept.push_back(i);
  for (const std::ptrdiff_t i : kept) indices.push_back(pick(random, 0, 1) == 0 ? i : i - extent);
  if (extent > 0 && s.view.layout().element_count() / extent * std::ssize(kept) > most_elements) return s;
  return {moved(s.view, s.view.layout().select(axis, indices)), with_kept(s.model, axis, kept)};
}

using Operation = Subject (*)(Random&, const Subject&);
constexpr Operation of_any_rank[] = {transpose, broadcast_to, insert_axis, squeeze, crop};
constexpr Operation of_axes[] = {slice,           index,     flip, permute, broadcast,   drop_axis,   window,
                                 select_channels, transpose, crop, squeeze, insert_axis, broadcast_to};

}  // namespace

Subject random_operation(Random& random, const Subject& subject) {
  if (subject.view.rank() == 0) return of_any_rank[pick(random, 0, std::size(of_any_rank) - 1)](random, subject);
  return of_axes[pick(random, 0, std::size(of_axes) - 1)](random, subject);
}

}  // namespace imgbuf::test
