#include "walk/plan.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::walk {

namespace {

void require_same_shape(std::span<const WalkOperand> operands) {
  const Layout& first = *operands.front().layout;
  for (std::size_t i = 1; i < operands.size(); ++i) {
    const Layout& other = *operands[i].layout;
    if (other.rank() != first.rank())
      throw Error(ErrorCode::invalid_argument,
                  "operands of rank " + std::to_string(first.rank()) + " and " + std::to_string(other.rank()));
    for (int a = 0; a < first.rank(); ++a)
      if (other.extent(a) != first.extent(a))
        throw Error(
            ErrorCode::invalid_argument,
            "operands of extents " + std::to_string(first.extent(a)) + " and " + std::to_string(other.extent(a)),
            "axis " + std::to_string(a));
  }
}

/// Axes in loop order, outermost first.
class LoopOrder {
 public:
  explicit LoopOrder(std::span<const WalkOperand> operands) : operands_(operands) {
    const Layout& shape = *operands.front().layout;
    for (int a = 0; a < shape.rank(); ++a) {
      if (shape.axes()[static_cast<std::size_t>(a)].extent == 1) continue;
      // Insertion sort: ranks are small, and it keeps the logical order of equals without allocating.
      int at = count_++;
      for (; at > 0 && is_outside(a, axes_[static_cast<std::size_t>(at - 1)]); --at)
        axes_[static_cast<std::size_t>(at)] = axes_[static_cast<std::size_t>(at - 1)];
      axes_[static_cast<std::size_t>(at)] = a;
    }
  }

  [[nodiscard]] std::span<const int> axes() const noexcept { return {axes_.data(), static_cast<std::size_t>(count_)}; }

  /// Whether some operand follows a pointer after this axis.
  [[nodiscard]] bool is_indirect(int axis) const noexcept { return pointers_after(axis) > 0; }

 private:
  [[nodiscard]] const Axis& axis_of(const WalkOperand& operand, int axis) const noexcept {
    return operand.layout->axes()[static_cast<std::size_t>(axis)];
  }

  [[nodiscard]] int pointers_after(int axis) const noexcept {
    int most = 0;
    for (const WalkOperand& operand : operands_)
      most = std::max(most, operand.layout->indirections() - axis_of(operand, axis).level);
    return most;
  }

  /// Whether axis a belongs outside axis b: by pointers first, then by the larger stride of the first operand that
  /// tells.
  [[nodiscard]] bool is_outside(int a, int b) const noexcept {
    if (const int pa = pointers_after(a), pb = pointers_after(b); pa != pb) return pa > pb;
    for (const WalkOperand& operand : operands_) {
      const Axis& axis_a = axis_of(operand, a);
      const Axis& axis_b = axis_of(operand, b);
      if (axis_a.level != axis_b.level) return axis_a.level < axis_b.level;
      const std::ptrdiff_t stride_a = std::abs(axis_a.byte_stride), stride_b = std::abs(axis_b.byte_stride);
      if (stride_a != stride_b && stride_a != 0 && stride_b != 0) return stride_a > stride_b;
    }
    return false;
  }

  std::span<const WalkOperand> operands_;
  std::array<int, Layout::max_rank>
      axes_;  // NOLINT(cppcoreguidelines-pro-type-member-init): only count_ of them are read
  int count_ = 0;
};

/// One loop of the nest: merged axes that are one stretch for every operand.
struct Loop {
  std::ptrdiff_t extent = 1;
  int axis = -1;  ///< the innermost axis merged into it, whose strides are the loop's
};

/// Whether stepping `outer` once is the same as stepping past the end of the loop `inner`, for every operand.
bool continues(std::span<const WalkOperand> operands, int outer, const Loop& inner) noexcept {
  for (const WalkOperand& operand : operands) {
    const Axis& o = operand.layout->axes()[static_cast<std::size_t>(outer)];
    const Axis& i = operand.layout->axes()[static_cast<std::size_t>(inner.axis)];
    if (o.level != i.level || o.byte_stride != i.byte_stride * inner.extent) return false;
  }
  return true;
}

}  // namespace

std::byte* PlannedOperand::block_address(const std::ptrdiff_t* outer_index) const noexcept {
  std::byte* p = origin;
  const Step* const first = steps.data();
  const std::size_t count = steps.size();
  if (pointer_offsets.empty()) {
    for (std::size_t l = 0; l < count; ++l) p += outer_index[l] * first[l].byte_stride;
    return p;
  }
  const int indirections = static_cast<int>(pointer_offsets.size());
  for (int level = 0;; ++level) {
    for (std::size_t l = 0; l < count; ++l)
      if (first[l].level == level) p += outer_index[l] * first[l].byte_stride;
    if (level == indirections) return p;
    std::memcpy(&p, p, sizeof p);
    p += pointer_offsets[static_cast<std::size_t>(level)];
  }
}

Plan make_plan(std::span<const WalkOperand> operands, std::span<PlannedOperand> planned) {
  require_same_shape(operands);
  Plan plan;
  if (operands.front().layout->is_empty()) {
    plan.empty = true;
    return plan;
  }

  // Loops from the innermost outwards.
  const LoopOrder order(operands);
  const std::span<const int> axes = order.axes();
  InlineVector<Loop, 6> loops;
  for (std::size_t i = axes.size(); i-- > 0;) {
    const int axis = axes[i];
    const std::ptrdiff_t extent = operands.front().layout->axes()[static_cast<std::size_t>(axis)].extent;
    if (!loops.empty() && continues(operands, axis, loops[loops.size() - 1]))
      loops[loops.size() - 1].extent *= extent;
    else
      loops.push_back({extent, axis});
  }

  // The innermost loops that are direct everywhere become the block.
  std::size_t in_block = 0;
  while (in_block < 2 && in_block < loops.size() && !order.is_indirect(loops[in_block].axis)) ++in_block;
  if (in_block > 0) plan.columns = loops[0].extent;
  if (in_block > 1) plan.rows = loops[1].extent;
  for (std::size_t l = loops.size(); l-- > in_block;) {
    plan.outer_extents.push_back(loops[l].extent);
    plan.outer_count *= loops[l].extent;
  }

  plan.unit_columns = true;
  for (std::size_t o = 0; o < operands.size(); ++o) {
    const std::span<const Axis> operand_axes = operands[o].layout->axes();
    const auto axis_of = [&](std::size_t loop) { return operand_axes[static_cast<std::size_t>(loops[loop].axis)]; };
    PlannedOperand& result = planned[o];
    result.origin = operands[o].origin;
    result.pointer_offsets = operands[o].layout->pointer_offsets();
    result.column_byte_stride = in_block > 0 ? axis_of(0).byte_stride : operands[o].itemsize;
    result.row_byte_stride = in_block > 1 ? axis_of(1).byte_stride : 0;
    for (std::size_t l = loops.size(); l-- > in_block;)
      result.steps.push_back({axis_of(l).byte_stride, axis_of(l).level});
    plan.unit_columns = plan.unit_columns && result.column_byte_stride == operands[o].itemsize;
  }
  return plan;
}

}  // namespace imgbuf::walk
