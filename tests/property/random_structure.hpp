#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
  std::vector<std::uint64_t> values;  ///< each element's bits in the order of significance, whatever its byte order
};

/// What a random structure may be. As it stands, anything: up to 6 axes and 3 indirections, extents of 0, every format
/// in both byte orders, strides of any sign or 0, addresses that are aligned to nothing, offsets of any sign.
struct StructureOptions {
  std::optional<std::vector<std::ptrdiff_t>> shape = {};  ///< random when none is given
  std::optional<Format> format = {};                      ///< random when none is given
  bool distinct = false;  ///< no two indices share an element, as a destination needs it: no stride is 0
  bool aligned = false;   ///< elements and pointers lie at multiples of their size
  bool numbered = false;  ///< bits are different small numbers from 1000 on, instead of random
};

/// Memory of a random shape, spread over random levels of pointers with random strides and offsets, and the model of
/// what it holds. Each run of address arithmetic has a block of its own, so that AddressSanitizer sees what leaves it.
class RandomStructure {
 public:
  RandomStructure(Random& random, const StructureOptions& options);
  /// Distinct, aligned and numbered `u32`s.
  explicit RandomStructure(Random& random);
  /// The same of a given shape.
  RandomStructure(Random& random, const std::vector<std::ptrdiff_t>& shape);

  RandomStructure(const RandomStructure&) = delete;
  RandomStructure& operator=(const RandomStructure&) = delete;

  /// Valid as long as this object.
  [[nodiscard]] const AnyView& view() const { return view_; }
  [[nodiscard]] const Model& model() const { return model_; }

  /// Whether every byte that is no element, pointers included, is as it was made.
  [[nodiscard]] bool gaps_intact() const;

 private:
  struct Block {
    std::vector<std::byte> bytes;
    std::vector<std::uint16_t> expected;  ///< a value that no byte has where an element lies
  };

  void choose_axes(Random& random, const StructureOptions& options);
  void choose_values(Random& random, bool numbered);
  std::byte* build_level(int level, std::vector<std::ptrdiff_t>& index);
  void fill_level(Block& block, int level, std::size_t axis, std::byte* p, std::vector<std::ptrdiff_t>& index);

  Model model_;
  std::vector<Axis> axes_;
  std::vector<std::ptrdiff_t> pointer_offsets_;
  std::vector<std::ptrdiff_t> lead_bytes_;  ///< of each level: what a block has before its first byte in use
  std::vector<Block> blocks_;
  AnyView view_;
};

/// The address of every element of a view in C order.
[[nodiscard]] std::vector<const std::byte*> addresses(const AnyConstView& view);

/// The elements of a view as a model, read one by one through their addresses.
[[nodiscard]] Model read(const AnyConstView& view);

}  // namespace imgbuf::test
