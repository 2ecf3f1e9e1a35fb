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

constexpr std::ptrdiff_t most_elements = 300;  // of a random shape: keeps a structure at some microseconds
constexpr std::ptrdiff_t pointer_bytes = sizeof(std::byte*);
constexpr std::uint16_t is_element = 0x100;

std::vector<std::ptrdiff_t> random_shape(Random& random) {
  std::vector<std::ptrdiff_t> shape(static_cast<std::size_t>(pick(random, 0, 6)));
  std::ptrdiff_t room = most_elements;
  for (std::ptrdiff_t& extent : shape) {
    const std::ptrdiff_t kind = pick(random, 0, 24);
    extent = kind == 0 ? 0 : std::min(kind < 4 ? pick(random, 5, 40) : pick(random, 1, 4), room);
    room /= std::max<std::ptrdiff_t>(extent, 1);
  }
  std::shuffle(shape.begin(), shape.end(), random);
  return shape;
}

Format random_format(Random& random) {
  static constexpr ElementType types[] = {ElementType::u8,  ElementType::i8,  ElementType::u16,
                                          ElementType::i16, ElementType::u32, ElementType::i32,
                                          ElementType::f16, ElementType::f32, ElementType::f64};
  return {types[pick(random, 0, std::size(types) - 1)], pick(random, 0, 1) == 0 ? ByteOrder::little : ByteOrder::big};
}

std::ptrdiff_t element_count(const std::vector<std::ptrdiff_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::ptrdiff_t{1}, std::multiplies<>());
}

/// Calls `visit(index)` for every index of a shape in C order.
template <class Visit>
void for_each_index(const std::vector<std::ptrdiff_t>& shape, Visit visit) {
  std::vector<std::ptrdiff_t> index(shape.size(), 0);
  for (std::ptrdiff_t left = element_count(shape); left > 0; --left) {
    visit(index);
    for (std::size_t a = shape.size(); a > 0 && ++index[a - 1] == shape[a - 1]; --a) index[a - 1] = 0;
  }
}

/// The byte of this significance in an element at `p`.
std::byte* byte_at(std::byte* p, Format format, std::ptrdiff_t significance) {
  return p + (format.byte_order() == ByteOrder::little ? significance : format.itemsize() - 1 - significance);
}

}  // namespace

RandomStructure::RandomStructure(Random& random)
    : RandomStructure(random, {.format = ElementType::u32, .distinct = true, .aligned = true, .numbered = true}) {}

RandomStructure::RandomStructure(Random& random, const std::vector<std::ptrdiff_t>& shape)
    : RandomStructure(
          random, {.shape = shape, .format = ElementType::u32, .distinct = true, .aligned = true, .numbered = true}) {}

RandomStructure::RandomStructure(Random& random, const StructureOptions& options) {
  const Format format = options.format ? *options.format : random_format(random);
  model_.shape = options.shape ? *options.shape : random_shape(random);
  view_ = AnyView(nullptr, Layout(), format);
  choose_axes(random, options);
  choose_values(random, options.numbered);
  const Layout layout(axes_, pointer_offsets_);
  std::vector<std::ptrdiff_t> index(axes_.size(), 0);
  std::byte* origin = layout.is_empty() ? nullptr : build_level(0, index);
  view_ = AnyView(origin, layout, format);
}

/// Packs each level's axes in a random order, with gaps and signs.
void RandomStructure::choose_axes(Random& random, const StructureOptions& options) {
  const int indirections = static_cast<int>(pick(random, 0, 3));
  const bool aligned = options.aligned || pick(random, 0, 2) != 0;
  for (int level = 0; level < indirections; ++level)
    pointer_offsets_.push_back(aligned ? 8 * pick(random, -3, 3) : pick(random, -24, 24));
  for (const std::ptrdiff_t extent : model_.shape)
    axes_.push_back({extent, 0, static_cast<int>(pick(random, 0, indirections))});
  std::vector<std::size_t> order(axes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  for (int level = 0; level <= indirections; ++level) {
    const std::ptrdiff_t item = level == indirections ? view_.format().itemsize() : pointer_bytes;
    lead_bytes_.push_back(aligned ? 0 : pick(random, 0, 7));
    std::ptrdiff_t stride = item;
    for (const std::size_t a : order) {
      if (axes_[a].level != level) continue;
      if (!options.distinct && pick(random, 0, 9) == 0) continue;  // repeated: its stride stays 0
      stride += aligned ? item * pick(random, 0, 1) : pick(random, 0, 5);
      axes_[a].byte_stride = pick(random, 0, 1) == 0 ? stride : -stride;
      stride *= std::max<std::ptrdiff_t>(axes_[a].extent, 1);
    }
  }
}

void RandomStructure::choose_values(Random& random, bool numbered) {
  const auto count = static_cast<std::size_t>(element_count(model_.shape));
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * view_.format().itemsize());
  std::vector<std::uint64_t> values(count);
  if (numbered) {
    std::iota(values.begin(), values.end(), std::uint64_t{1000});
    std::shuffle(values.begin(), values.end(), random);
  } else {
    for (std::uint64_t& value : values) value = std::uint64_t{random()} << 32 | random();
  }
  for_each_index(model_.shape, [&](const std::vector<std::ptrdiff_t>& index) {
    std::size_t first = 0;  // the first index that shares this one's element
    for (std::size_t a = 0; a < axes_.size(); ++a)
      first = first * static_cast<std::size_t>(axes_[a].extent) +
              (axes_[a].byte_stride == 0 ? 0 : static_cast<std::size_t>(index[a]));
    model_.values.push_back(values[first] & mask);
  });
}

/// Allocates what one level's arithmetic reaches and fills it; returns where the arithmetic starts.
std::byte* RandomStructure::build_level(int level, std::vector<std::ptrdiff_t>& index) {
  const bool is_last = level == static_cast<int>(pointer_offsets_.size());
  std::ptrdiff_t first = -lead_bytes_[static_cast<std::size_t>(level)];
  std::ptrdiff_t last = is_last ? view_.format().itemsize() : pointer_bytes;
  for (const Axis& axis : axes_)
    if (axis.level == level) (axis.byte_stride < 0 ? first : last) += (axis.extent - 1) * axis.byte_stride;
  Block block;
  block.bytes.assign(static_cast<std::size_t>(last - first), std::byte{0xA5});
  std::byte* const start = block.bytes.data() - first;
  block.expected.assign(block.bytes.size(), 0xA5);
  fill_level(block, level, 0, start, index);
  blocks_.push_back(std::move(block));
  return start;
}

void RandomStructure::fill_level(Block& block, int level, std::size_t axis, std::byte* p,
                                 std::vector<std::ptrdiff_t>& index) {
  while (axis < axes_.size() && axes_[axis].level != level) ++axis;
  if (axis < axes_.size()) {
    const std::ptrdiff_t distinct = axes_[axis].byte_stride == 0 ? 1 : axes_[axis].extent;
    for (index[axis] = 0; index[axis] < distinct; ++index[axis])
      fill_level(block, level, axis + 1, p + index[axis] * axes_[axis].byte_stride, index);
    index[axis] = 0;
    return;
  }
  const auto expected = block.expected.begin() + (p - block.bytes.data());
  if (level < static_cast<int>(pointer_offsets_.size())) {
    std::byte* const target = build_level(level + 1, index) - pointer_offsets_[static_cast<std::size_t>(level)];
    std::memcpy(p, &target, sizeof target);
    std::transform(p, p + pointer_bytes, expected, [](std::byte b) { return std::to_integer<std::uint16_t>(b); });
    return;
  }
  std::size_t linear = 0;
  for (std::size_t a = 0; a < axes_.size(); ++a)
    linear = linear * static_cast<std::size_t>(axes_[a].extent) + static_cast<std::size_t>(index[a]);
  const Format format = view_.format();
  for (std::ptrdiff_t i = 0; i < format.itemsize(); ++i)
    *byte_at(p, format, i) = static_cast<std::byte>(model_.values[linear] >> (8 * i));
  std::fill_n(expected, format.itemsize(), is_element);
}

bool RandomStructure::gaps_intact() const {
  return std::all_of(blocks_.begin(), blocks_.end(), [](const Block& block) {
    return std::equal(block.bytes.begin(), block.bytes.end(), block.expected.begin(),
                      [](std::byte is, std::uint16_t expected) {
                        return expected == is_element || std::to_integer<std::uint16_t>(is) == expected;
                      });
  });
}

namespace {

std::vector<std::ptrdiff_t> shape_of(const AnyConstView& view) {
  const auto shape = view.layout().shape();
  return {shape.begin(), shape.end()};
}

}  // namespace

std::vector<const std::byte*> addresses(const AnyConstView& view) {
  std::vector<const std::byte*> result;
  for_each_index(shape_of(view),
                 [&](const std::vector<std::ptrdiff_t>& index) { result.push_back(view.address(index)); });
  return result;
}

Model read(const AnyConstView& view) {
  Model model{shape_of(view), {}};
  for (const std::byte* address : addresses(view)) {
    auto* const p = const_cast<std::byte*>(address);
    std::uint64_t value = 0;
    for (std::ptrdiff_t i = 0; i < view.format().itemsize(); ++i)
      value |= std::to_integer<std::uint64_t>(*byte_at(p, view.format(), i)) << (8 * i);
    model.values.push_back(value);
  }
  return model;
}

}  // namespace imgbuf::test
