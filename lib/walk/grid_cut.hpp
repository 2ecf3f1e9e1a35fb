#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "imgbuf/inline_vector.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

/// Indices of a walk, one range for each axis, in which every operand lies in one cell.
struct Box {
  InlineVector<std::ptrdiff_t, 4> starts;
  InlineVector<std::ptrdiff_t, 4> counts;

  [[nodiscard]] std::span<const std::ptrdiff_t> start() const noexcept { return {starts.data(), starts.size()}; }
  [[nodiscard]] std::span<const std::ptrdiff_t> count() const noexcept { return {counts.data(), counts.size()}; }
};

/// The cuts of all operands of a walk together.
class GridCut {
 public:
  /// @pre the operands have one shape
  explicit GridCut(std::span<const WalkOperand> operands);

  [[nodiscard]] std::ptrdiff_t box_count() const noexcept { return box_count_; }
  [[nodiscard]] std::ptrdiff_t element_count() const noexcept { return element_count_; }
  /// The boxes in C order. @pre 0 <= number < box_count()
  [[nodiscard]] Box box(std::ptrdiff_t number) const;

 private:
  std::vector<std::vector<std::ptrdiff_t>> cuts_;
  std::ptrdiff_t box_count_ = 1;
  std::ptrdiff_t element_count_ = 1;
};

}  // namespace imgbuf::walk
