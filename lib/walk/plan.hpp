#pragma once

#include <cstddef>
#include <span>

#include "imgbuf/inline_vector.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

/// How one operand moves along the loops of a plan.
struct PlannedOperand {
  struct Step {
    std::ptrdiff_t byte_stride = 0;
    int level = 0;
  };

  std::byte* origin = nullptr;
  std::span<const std::ptrdiff_t> pointer_offsets;
  InlineVector<Step, 4> steps;  ///< one for each outer loop
  std::ptrdiff_t row_byte_stride = 0;
  std::ptrdiff_t column_byte_stride = 0;

  /// Where the block of an outer index begins.
  [[nodiscard]] std::byte* block_address(const std::ptrdiff_t* outer_index) const noexcept;
};

/// A loop nest over all operands at once: outer loops, then a block of rows x columns that is direct for every operand.
struct Plan {
  InlineVector<std::ptrdiff_t, 4> outer_extents;
  std::ptrdiff_t outer_count = 1;  ///< product of outer_extents
  std::ptrdiff_t rows = 1;
  std::ptrdiff_t columns = 1;
  bool unit_columns = false;
  bool empty = false;
};

/// Plans a walk; fills one `PlannedOperand` for each operand.
/// @throws Error{invalid_argument} when the shapes differ, naming the axis
[[nodiscard]] Plan make_plan(std::span<const WalkOperand> operands, std::span<PlannedOperand> planned);

}  // namespace imgbuf::walk
