#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "imgbuf/grid_view.hpp"
#include "property/random_structure.hpp"

namespace imgbuf::test {

/// A grid with random cuts whose cells are random structures, direct and indirect, and the model of the whole. Cells of
/// one shape mostly have one layout.
class RandomGrid {
 public:
  /// Of distinct, aligned `u32`s; @param shape  extents of the whole
  RandomGrid(Random& random, const std::vector<std::ptrdiff_t>& shape);
  /// Elements as the options say, but for their shape.
  RandomGrid(Random& random, const std::vector<std::ptrdiff_t>& shape, StructureOptions options);

  /// Valid as long as this object.
  [[nodiscard]] GridView view() const { return {grid_, format_}; }
  [[nodiscard]] const Model& model() const { return model_; }
  /// Whether every byte of the cells' memory that is no element is as it was made.
  [[nodiscard]] bool gaps_intact() const;

 private:
  Model model_;
  Format format_;
  std::deque<RandomStructure> cells_;
  std::shared_ptr<const Grid> grid_;
};

/// Cuts of an extent at random places.
[[nodiscard]] std::vector<std::ptrdiff_t> random_cuts(Random& random, std::ptrdiff_t extent);

/// A view of a grid, and a plain view of the numbers of its elements in the grid's C order.
struct GridSubject {
  GridView view;
  AnyView numbers;
};

/// One of the operations of views with random arguments, done to both. What the subject does not allow leaves it as it
/// is.
[[nodiscard]] GridSubject random_grid_operation(Random& random, const GridSubject& subject);

/// The elements of a view of a grid as a model, read one by one through `locate`.
[[nodiscard]] Model read(const GridConstView& view);

}  // namespace imgbuf::test
