#include "property/random_structure.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "imgbuf/layout.hpp"

namespace imgbuf::test {

std::ptrdiff_t pick(Random& random, std::ptrdiff_t low, std::ptrdiff_t high) {
  return std::uniform_int_distribution<std::ptrdiff_t>(low, high)(random);
}

namespace {

std::vector<std::ptrdiff_t> random_shape(Random& random) {
  std::vector<std::ptrdiff_t> shape(static_cast<std::size_t>(pick(random, 0, 5)));
  for (std::ptrdiff_t& extent : shape) extent = pick(random, 0, 9) == 0 ? 0 : pick(random, 1, 4);
  return shape;
}

std::ptrdiff_t element_count(const std::vector<std::ptrdiff_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::ptrdiff_t{1}, std::multiplies<>());
}

}  // namespace

RandomStructure::RandomStructure(Random& random) : RandomStructure(random, random_shape(random)) {}

RandomStructure::RandomStructure(Random& random, const std::vector<std::ptrdiff_t>& shape) {
  model_.shape = shape;
  model_.values.resize(static_cast<std::size_t>(element_count(shape)));
  std::iota(model_.values.begin(), model_.values.end(), 1000U);
  std::shuffle(model_.values.begin(), model_.values.end(), random);
  build(random);
}

void RandomStructure::build(Random& random) {
  const int indirections = static_cast<int>(pick(random, 0, 3));
  for (int level = 0; level < indirections; ++level) pointer_offsets_.push_back(8 * pick(random, -3, 3));
  for (const std::ptrdiff_t extent : model_.shape)
    axes_.push_back({extent, 0, static_cast<int>(pick(random, 0, indirections))});
  // Strides: pack each level's axes in a random order, with gaps and signs.
  std::vector<std::size_t> order(axes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  for (int level = 0; level <= indirections; ++level) {
    std::ptrdiff_t stride = level == indirections ? 4 : 8;
    for (const std::size_t a : order) {
      if (axes_[a].level != level) continue;
      stride += (level == indirections ? 4 : 8) * pick(random, 0, 1);
      axes_[a].byte_stride = pick(random, 0, 1) == 0 ? stride : -stride;
      stride *= std::max<std::ptrdiff_t>(axes_[a].extent, 1);
    }
  }
  const Layout layout(axes_, pointer_offsets_);
  std::vector<std::ptrdiff_t> index(axes_.size(), 0);
  std::byte* origin = layout.is_empty() ? nullptr : build_level(0, index);
  view_ = AnyView(origin, layout, ElementType::u32);
}

/// Allocates what one level's arithmetic reaches and fills it; returns where the arithmetic starts.
std::byte* RandomStructure::build_level(int level, std::vector<std::ptrdiff_t>& index) {
  std::ptrdiff_t first = 0, last = 8;
  for (const Axis& axis : axes_)
    if (axis.level == level) (axis.byte_stride < 0 ? first : last) += (axis.extent - 1) * axis.byte_stride;
  blocks_.push_back(std::make_unique<std::byte[]>(static_cast<std::size_t>(last - first)));
  std::byte* const start = blocks_.back().get() - first;
  fill_level(level, 0, start, index);
  return start;
}

void RandomStructure::fill_level(int level, std::size_t axis, std::byte* p, std::vector<std::ptrdiff_t>& index) {
  while (axis < axes_.size() && axes_[axis].level != level) ++axis;
  if (axis < axes_.size()) {
    for (index[axis] = 0; index[axis] < axes_[axis].extent; ++index[axis])
      fill_level(level, axis + 1, p + index[axis] * axes_[axis].byte_stride, index);
    return;
  }
  if (level < static_cast<int>(pointer_offsets_.size())) {
    std::byte* const target = build_level(level + 1, index) - pointer_offsets_[static_cast<std::size_t>(level)];
    std::memcpy(p, &target, sizeof target);
    return;
  }
  std::ptrdiff_t linear = 0;
  for (std::size_t a = 0; a < axes_.size(); ++a) linear = linear * axes_[a].extent + index[a];
  std::memcpy(p, &model_.values[static_cast<std::size_t>(linear)], sizeof(std::uint32_t));
}

Model read(const AnyConstView& view) {
  Model model;
  for (const Axis& axis : view.layout().axes()) model.shape.push_back(axis.extent);
  std::vector<std::ptrdiff_t> index(model.shape.size(), 0);
  const std::ptrdiff_t count = element_count(model.shape);
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    std::ptrdiff_t rest = i;
    for (std::size_t a = index.size(); a-- > 0;) {
      index[a] = rest % model.shape[a];
      rest /= model.shape[a];
    }
    std::uint32_t value = 0;
    std::memcpy(&value, view.address(index), sizeof value);
    model.values.push_back(value);
  }
  return model;
}

}  // namespace imgbuf::test
