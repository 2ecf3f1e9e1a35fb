#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/view.hpp"
#include "property/random_structure.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

/// The model whose element at `index` is `old`'s element at `to_old(index)`.
template <class ToOld>
Model rearranged(const Model& old, std::vector<std::ptrdiff_t> shape, ToOld to_old) {
  Model result;
  result.shape = std::move(shape);
  std::ptrdiff_t count = 1;
  for (const std::ptrdiff_t extent : result.shape) count *= extent;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    std::vector<std::ptrdiff_t> index(result.shape.size());
    std::ptrdiff_t rest = i;
    for (std::size_t a = index.size(); a-- > 0;) {
      index[a] = rest % result.shape[a];
      rest /= result.shape[a];
    }
    const std::vector<std::ptrdiff_t> at = to_old(index);
    std::ptrdiff_t linear = 0;
    for (std::size_t a = 0; a < old.shape.size(); ++a) linear = linear * old.shape[a] + at[a];
    result.values.push_back(old.values[static_cast<std::size_t>(linear)]);
  }
  return result;
}

/// What Python's range(*slice(...).indices(extent)) selects, written out the long way.
std::vector<std::ptrdiff_t> selected(const Slice& slice, std::ptrdiff_t extent) {
  std::vector<std::ptrdiff_t> result;
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

struct Subject {
  AnyView view;
  Model model;
};

Slice random_slice(Random& random, std::ptrdiff_t extent) {
  Slice slice;
  if (pick(random, 0, 3) != 0) slice.start = pick(random, -extent - 2, extent + 2);
  if (pick(random, 0, 3) != 0) slice.stop = pick(random, -extent - 2, extent + 2);
  do slice.step = pick(random, -3, 3);
  while (slice.step == 0);
  return slice;
}

/// Applies one random operation to the view and, in its own way, to the model.
Subject step(Random& random, const Subject& s) {
  const int rank = s.view.rank();
  const Model& m = s.model;
  const auto operation = pick(random, 0, 6);
  if (operation == 5 && rank < 7) {
    const int position = static_cast<int>(pick(random, 0, rank));
    Model grown = m;
    grown.shape.insert(grown.shape.begin() + position, 1);
    return {s.view.insert_axis(position), grown};
  }
  if (rank == 0) return s;
  const int axis = static_cast<int>(pick(random, 0, rank - 1));
  const auto a = static_cast<std::size_t>(axis);
  const std::ptrdiff_t extent = m.shape[a];
  switch (operation) {
    case 0: {
      const Slice slice = random_slice(random, extent);
      const auto kept = selected(slice, extent);
      auto shape = m.shape;
      shape[a] = static_cast<std::ptrdiff_t>(kept.size());
      return {s.view.slice(axis, slice), rearranged(m, shape, [&](auto index) {
                index[a] = kept[static_cast<std::size_t>(index[a])];
                return index;
              })};
    }
    case 1: {
      if (extent == 0) return s;
      const std::ptrdiff_t i = pick(random, -extent, extent - 1);
      auto shape = m.shape;
      shape.erase(shape.begin() + axis);
      return {s.view.index(axis, i), rearranged(m, shape, [&](auto index) {
                index.insert(index.begin() + axis, i < 0 ? i + extent : i);
                return index;
              })};
    }
    case 2:
      return {s.view.flip(axis), rearranged(m, m.shape, [&](auto index) {
                index[a] = extent - 1 - index[a];
                return index;
              })};
    case 3: {
      std::vector<int> order(static_cast<std::size_t>(rank));
      for (int i = 0; i < rank; ++i) order[static_cast<std::size_t>(i)] = i;
      std::shuffle(order.begin(), order.end(), random);
      std::vector<std::ptrdiff_t> shape;
      for (const int from : order) shape.push_back(m.shape[static_cast<std::size_t>(from)]);
      return {s.view.permute(order), rearranged(m, shape, [&](const auto& index) {
                std::vector<std::ptrdiff_t> at(index.size());
                for (std::size_t i = 0; i < order.size(); ++i) at[static_cast<std::size_t>(order[i])] = index[i];
                return at;
              })};
    }
    case 4: {
      if (extent != 1) return s;
      auto shape = m.shape;
      shape[a] = pick(random, 0, 3);
      return {s.view.broadcast(axis, shape[a]), rearranged(m, shape, [&](auto index) {
                index[a] = 0;
                return index;
              })};
    }
    default: {
      if (extent != 1) return s;
      Model shrunk = m;
      shrunk.shape.erase(shrunk.shape.begin() + axis);
      return {s.view.drop_axis(axis), shrunk};
    }
  }
}

TEST_CASE("random structures keep their elements through random chains of operations") {
  for (std::uint32_t seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random, StructureOptions{});
    Subject subject{structure.view(), structure.model()};
    for (int n = 0; n < 8; ++n) {
      subject = step(random, subject);
      const Model seen = read(subject.view);
      if (seen.shape != subject.model.shape || seen.values != subject.model.values) {
        CAPTURE(seed, n, subject.view.layout().describe());
        REQUIRE(seen.shape == subject.model.shape);
        REQUIRE(seen.values == subject.model.values);
      }
    }
  }
}

TEST_CASE("what PEP 3118 can express comes back from it with the same elements") {
  int exported = 0, refused = 0;
  for (std::uint32_t seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const RandomStructure structure(random, StructureOptions{});
    Subject subject{structure.view(), structure.model()};
    for (int n = 0; n < 3; ++n) subject = step(random, subject);
    const BufferShapeExport result = export_buffer_shape(subject.view.layout());
    REQUIRE(result.shape.has_value() == result.reason.empty());
    if (!result.shape) {
      ++refused;
      continue;
    }
    ++exported;
    REQUIRE(structure.gaps_intact());
    const Layout back = import_buffer_shape(result.shape->shape, result.shape->strides, result.shape->suboffsets);
    CAPTURE(seed, subject.view.layout().describe(), back.describe());
    REQUIRE(back.indirections() == subject.view.layout().indirections());
    const Model seen = read(AnyConstView(subject.view.origin(), back, subject.view.format()));
    REQUIRE(seen.shape == subject.model.shape);
    REQUIRE(seen.values == subject.model.values);
  }
  CHECK(exported > 500);
  CHECK(refused > 500);
}

TEST_CASE("random structures hold what their options allow") {
  int swapped = 0, misaligned = 0, repeated = 0, empty = 0, deep = 0;
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const RandomStructure any(random, StructureOptions{});
    REQUIRE(any.gaps_intact());
    const Layout& layout = any.view().layout();
    const auto item = static_cast<std::uintptr_t>(any.view().format().itemsize());
    const auto axes = layout.axes();
    swapped += any.view().format().is_native() ? 0 : 1;
    empty += layout.is_empty() ? 1 : 0;
    deep += layout.indirections() == 3 ? 1 : 0;
    repeated += std::any_of(axes.begin(), axes.end(), [](Axis a) { return a.extent > 1 && a.byte_stride == 0; });
    if (layout.is_direct()) misaligned += reinterpret_cast<std::uintptr_t>(any.view().origin()) % item != 0 ? 1 : 0;

    // A destination: each element is its own, and a write changes that element alone.
    const RandomStructure destination(random, {.shape = any.model().shape, .distinct = true});
    Model model = destination.model();
    REQUIRE(model.shape == any.model().shape);
    if (destination.view().is_empty()) continue;
    const std::vector<std::ptrdiff_t> first_index(model.shape.size(), 0);
    std::byte* const element = destination.view().address(first_index);
    for (std::ptrdiff_t i = 0; i < destination.view().format().itemsize(); ++i) element[i] = ~element[i];
    model.values[0] ^= ~std::uint64_t{0} >> (64 - 8 * destination.view().format().itemsize());
    REQUIRE(read(destination.view()).values == model.values);
    REQUIRE(destination.gaps_intact());
  }
  for (const int seen : {swapped, misaligned, repeated, empty, deep}) CHECK(seen > 100);
}

TEST_CASE("a byte beside the elements of a random structure is seen to change") {
  Random random(5);
  const RandomStructure structure(random, {.shape = std::vector<std::ptrdiff_t>{4, 5}, .distinct = true});
  const AnyView view = structure.view();
  REQUIRE(view.layout().indirections() > 0);  // so that the origin holds a pointer
  *view.origin() ^= std::byte{1};
  CHECK_FALSE(structure.gaps_intact());
  *view.origin() ^= std::byte{1};
  CHECK(structure.gaps_intact());
}

}  // namespace
