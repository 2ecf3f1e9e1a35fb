#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "imgbuf/view.hpp"

namespace imgbuf::test {

using Random = std::mt19937;

/// A number in [low, high].
[[nodiscard]] std::ptrdiff_t pick(Random& random, std::ptrdiff_t low, std::ptrdiff_t high);

/// An array as a person would write it down: the shape and every element in C order.
struct Model {
  std::vector<std::ptrdiff_t> shape;
  std::vector<std::uint32_t> values;
};

/// Memory of a random shape, spread over random levels of pointers with random strides and offsets, and the model of
/// what it holds. Elements are different `u32`s.
class RandomStructure {
 public:
  explicit RandomStructure(Random& random);
  /// A structure of a given shape.
  RandomStructure(Random& random, const std::vector<std::ptrdiff_t>& shape);

  [[nodiscard]] AnyView view() const { return view_; }
  [[nodiscard]] const Model& model() const { return model_; }

 private:
  void build(Random& random);
  std::byte* build_level(int level, std::vector<std::ptrdiff_t>& index);
  void fill_level(int level, std::size_t axis, std::byte* p, std::vector<std::ptrdiff_t>& index);

  Model model_;
  std::vector<Axis> axes_;
  std::vector<std::ptrdiff_t> pointer_offsets_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  AnyView view_;
};

/// The elements of a view as a model, read one by one through `Layout::address`.
[[nodiscard]] Model read(const AnyConstView& view);

}  // namespace imgbuf::test
