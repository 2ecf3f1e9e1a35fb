#include "imgbuf/walk.hpp"

#include <algorithm>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "walk/grid_overlap.hpp"
#include "walk/grid_run.hpp"
#include "walk/overlap.hpp"
#include "walk/plan.hpp"
#include "walk/run_blocks.hpp"

namespace imgbuf {

namespace {

/// @returns whether one of them is a grid
bool require_operands(std::span<const WalkOperand> operands) {
  if (operands.empty()) throw Error(ErrorCode::invalid_argument, "a walk needs at least one operand");
  bool has_grid = false;
  for (const WalkOperand& operand : operands) {
    has_grid = has_grid || operand.grid;
    if (!operand.layout && !operand.grid) throw Error(ErrorCode::invalid_argument, "an operand has no layout");
    if (operand.itemsize < 1 || (operand.is_foreign && operand.itemsize != operand.format.itemsize()))
      throw Error(ErrorCode::invalid_argument, "an operand's elements have no size, or another than their format's");
    if (operand.is_foreign && operand.seen_as == ElementType::f16)
      throw Error(ErrorCode::invalid_argument, "a kernel cannot see f16, which C++ has no type for");
  }
  walk::require_same_shape(operands);
  return has_grid;
}

WalkOperand operand_of(Format format, ElementType type, Use use, bool is_foreign) {
  WalkOperand operand;
  operand.itemsize = format.itemsize();
  operand.use = use;
  operand.is_foreign = is_foreign;
  operand.format = format;
  operand.seen_as = type;
  return operand;
}

}  // namespace

WalkOperand detail::foreign_operand(const AnyConstView& view, ElementType type, std::size_t alignment, Use use) {
  const bool is_foreign = typed_access_error(view.origin(), view.layout(), view.format(), type, alignment).has_value();
  WalkOperand operand = operand_of(view.format(), type, use, is_foreign);
  operand.origin = const_cast<std::byte*>(view.origin());
  return operand;
}

WalkOperand detail::foreign_operand(const GridConstView& view, ElementType type, std::size_t alignment, Use use) {
  const Grid& grid = *view.geometry().grid();
  const bool is_foreign = std::any_of(grid.cells().begin(), grid.cells().end(), [&](const Cell& cell) {
    return typed_access_error(cell.origin, grid.layout_of(cell), view.format(), type, alignment).has_value();
  });
  return operand_of(view.format(), type, use, is_foreign);
}

void walk_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                 const Context& context) {
  const bool has_grid = require_operands(operands);
  context.check_cancelled();
  if (has_grid) {
    const auto safe = base::or_out_of_memory([&] { return walk::SafeGridOperands(operands, context); });
    return walk::run_grid_blocks(safe.operands(), kernel, context);
  }
  const auto safe = base::or_out_of_memory([&] { return walk::SafeOperands(operands, context); });
  walk::run_blocks(safe.operands(), kernel, context);
}

void walk_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t)> prepare,
                FunctionRef<void(std::ptrdiff_t, const Block&)> kernel, const Context& context) {
  const bool has_grid = require_operands(operands);
  context.check_cancelled();
  if (has_grid) {
    const auto safe = base::or_out_of_memory([&] { return walk::SafeGridOperands(operands, context); });
    return walk::run_grid_parts(safe.operands(), prepare, kernel, context);
  }
  const auto safe = base::or_out_of_memory([&] { return walk::SafeOperands(operands, context); });
  walk::run_parts(safe.operands(), prepare, kernel, context);
}

}  // namespace imgbuf
