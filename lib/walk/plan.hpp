#pragma once

#include <cstddef>
#include <cstring>
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
  InlineVector<Step, 6> steps;  ///< one for each loop of the plan
  std::ptrdiff_t row_byte_stride = 0;
  std::ptrdiff_t column_byte_stride = 0;
  bool has_indirect_rows = false;     ///< a pointer is followed for each row of a block
  bool has_indirect_columns = false;  ///< a pointer is followed for each element

  /// Where the element of an index lies; `index` holds one value for each loop.
  [[nodiscard]] std::byte* address(const std::ptrdiff_t* index) const noexcept;

  /// Where the elements of an index lie while loop `loop` advances: at base + i * byte_stride, or behind the pointers found
  /// there. `index` holds the other loops' values, and 0 for `loop`. @pre the loop is not before another pointer
  struct Cursor {
    std::byte* base = nullptr;
    std::ptrdiff_t byte_stride = 0;
    bool is_indirect = false;
    std::ptrdiff_t pointer_offset = 0;

    [[nodiscard]] std::byte* at(std::ptrdiff_t i) const noexcept {
      std::byte* p = base + i * byte_stride;
      if (!is_indirect) return p;
      std::memcpy(&p, p, sizeof p);
      return p + pointer_offset;
    }
  };
  [[nodiscard]] bool has_cursor(std::size_t loop) const noexcept {
    return steps[loop].level + 1 >= static_cast<int>(pointer_offsets.size());
  }
  [[nodiscard]] Cursor cursor(const std::ptrdiff_t* index, std::size_t loop) const noexcept;

  /// Whether a block of it is no strided memory, so that a kernel can only see a copy of the block.
  [[nodiscard]] bool is_scattered() const noexcept { return has_indirect_rows || has_indirect_columns; }
};

/// A loop nest over all operands at once: outer loops, then a block of rows x columns.
///
/// The block is direct for every operand where their pointers allow. Where one operand's pointers stand on an axis that
/// is inner for another (a transposed image of row pointers against one that is not), blocks without pointers would
/// be single pixels; then the block takes in that loop as well and the operand is `is_scattered` in it.
struct Plan {
  InlineVector<std::ptrdiff_t, 6> extents;  ///< of all loops, outermost first: the outer ones, rows, columns
  std::size_t outer_loops = 0;
  std::ptrdiff_t outer_count = 1;  ///< product of the outer extents
  bool is_empty = false;

  [[nodiscard]] std::ptrdiff_t rows() const noexcept { return extents[outer_loops]; }
  [[nodiscard]] std::ptrdiff_t columns() const noexcept { return extents[outer_loops + 1]; }
};

[[nodiscard]] inline int rank_of(const WalkOperand& operand) noexcept {
  return operand.grid ? operand.grid->rank() : operand.layout->rank();
}
[[nodiscard]] inline std::ptrdiff_t extent_of(const WalkOperand& operand, int axis) {
  return operand.grid ? operand.grid->extent(axis) : operand.layout->extent(axis);
}

/// @throws Error{invalid_argument} when the shapes differ, naming the axis
void require_same_shape(std::span<const WalkOperand> operands);

/// Plans a walk; fills one `PlannedOperand` for each operand. Looks at strides, levels and extents only, and a plan
/// keeps origins and pointer offsets apart from its loops, so that it can be run again with others.
/// @pre the operands have one shape; none is a grid
[[nodiscard]] Plan make_plan(std::span<const WalkOperand> operands, std::span<PlannedOperand> planned);

}  // namespace imgbuf::walk
