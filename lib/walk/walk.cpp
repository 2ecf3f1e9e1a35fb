#include "imgbuf/walk.hpp"

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "walk/overlap.hpp"
#include "walk/plan.hpp"
#include "walk/run_blocks.hpp"

namespace imgbuf {

namespace {

void require_operands(std::span<const WalkOperand> operands) {
  if (operands.empty()) throw Error(ErrorCode::invalid_argument, "a walk needs at least one operand");
  for (const WalkOperand& operand : operands) {
    if (!operand.layout) throw Error(ErrorCode::invalid_argument, "an operand has no layout");
    if (operand.itemsize < 1 || (operand.is_foreign && operand.itemsize != operand.format.itemsize()))
      throw Error(ErrorCode::invalid_argument, "an operand's elements have no size, or another than their format's");
    if (operand.is_foreign && operand.seen_as == ElementType::f16)
      throw Error(ErrorCode::invalid_argument, "a kernel cannot see f16, which C++ has no type for");
  }
  walk::require_same_shape(operands);
}

}  // namespace

WalkOperand detail::foreign_operand(const AnyConstView& view, ElementType type, std::size_t alignment, Use use) {
  WalkOperand operand;
  operand.origin = const_cast<std::byte*>(view.origin());
  operand.itemsize = view.format().itemsize();
  operand.use = use;
  operand.is_foreign = typed_access_error(view.origin(), view.layout(), view.format(), type, alignment).has_value();
  operand.format = view.format();
  operand.seen_as = type;
  return operand;
}

void walk_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                 const Context& context) {
  require_operands(operands);
  context.check_cancelled();
  const auto safe = base::or_out_of_memory([&] { return walk::SafeOperands(operands, context); });
  walk::run_blocks(safe.operands(), kernel, context);
}

void walk_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t)> prepare,
                FunctionRef<void(std::ptrdiff_t, const Block&)> kernel, const Context& context) {
  require_operands(operands);
  context.check_cancelled();
  const auto safe = base::or_out_of_memory([&] { return walk::SafeOperands(operands, context); });
  walk::run_parts(safe.operands(), prepare, kernel, context);
}

}  // namespace imgbuf
