#include "walk/plan.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::walk {

namespace {

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
  [[nodiscard]] bool is_indirect(const WalkOperand& operand, int axis) const noexcept {
    return operand.layout->indirections() > axis_of(operand, axis).level;
  }

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

/// A block of fewer elements costs more to call a kernel for than to copy.
constexpr std::ptrdiff_t few_columns = 32;

/// The loops, innermost first, and how many of them make the block.
struct Nest {
  InlineVector<Loop, 6> loops;
  std::size_t in_block = 0;
};

class NestBuilder {
 public:
  NestBuilder(std::span<const WalkOperand> operands, const LoopOrder& order) : operands_(operands), order_(order) {}

  [[nodiscard]] Nest build() const {
    Nest nest;
    const std::span<const int> axes = order_.axes();
    for (std::size_t i = axes.size(); i-- > 0;) {
      const std::ptrdiff_t extent = operands_.front().layout->axes()[static_cast<std::size_t>(axes[i])].extent;
      if (!nest.loops.empty() && continues(operands_, axes[i], nest.loops[nest.loops.size() - 1]))
        nest.loops[nest.loops.size() - 1].extent *= extent;
      else
        nest.loops.push_back({extent, axes[i]});
    }
    while (nest.in_block < 2 && nest.in_block < nest.loops.size() &&
           !order_.is_indirect(nest.loops[nest.in_block].axis))
      ++nest.in_block;
    if (nest.in_block < 2 && nest.in_block < nest.loops.size() && is_worth_scattering(nest)) ++nest.in_block;
    return nest;
  }

 private:
  /// Whether blocks without pointers are small only because the operands' pointers stand on different axes.
  [[nodiscard]] bool is_worth_scattering(const Nest& nest) const noexcept {
    if (nest.in_block == 0) return true;  // each element lies behind a pointer of its own
    if (nest.loops[0].extent >= few_columns) return false;
    const int next = nest.loops[nest.in_block].axis;
    return std::any_of(operands_.begin(), operands_.end(), [&](const WalkOperand& operand) {
      return !order_.is_indirect(operand, next) && !operand.layout->is_direct();
    });
  }

  std::span<const WalkOperand> operands_;
  const LoopOrder& order_;
};

}  // namespace

PlannedOperand::Cursor PlannedOperand::cursor(const std::ptrdiff_t* index, std::size_t loop) const noexcept {
  const int last_level = static_cast<int>(pointer_offsets.size());
  const Step& along = steps[loop];
  if (along.level == last_level) return {address(index), along.byte_stride, false, 0};
  // All levels before the last, then what the other loops add behind the last pointer.
  std::byte* slot = origin;
  std::ptrdiff_t behind = pointer_offsets[static_cast<std::size_t>(last_level - 1)];
  for (int level = 0;; ++level) {
    for (std::size_t l = 0; l < steps.size(); ++l)
      if (steps[l].level == level) slot += index[l] * steps[l].byte_stride;
    if (level == last_level - 1) break;
    std::memcpy(&slot, slot, sizeof slot);
    slot += pointer_offsets[static_cast<std::size_t>(level)];
  }
  for (std::size_t l = 0; l < steps.size(); ++l)
    if (steps[l].level == last_level) behind += index[l] * steps[l].byte_stride;
  return {slot, along.byte_stride, true, behind};
}

void require_same_shape(std::span<const WalkOperand> operands) {
  const WalkOperand& first = operands.front();
  const int rank = rank_of(first);
  for (const WalkOperand& other : operands.subspan(1)) {
    if (rank_of(other) != rank)
      throw Error(ErrorCode::invalid_argument,
                  "operands of rank " + std::to_string(rank) + " and " + std::to_string(rank_of(other)));
    for (int a = 0; a < rank; ++a)
      if (extent_of(other, a) != extent_of(first, a))
        throw Error(ErrorCode::invalid_argument,
                    "operands of extents " + std::to_string(extent_of(first, a)) + " and " +
                        std::to_string(extent_of(other, a)),
                    "axis " + std::to_string(a));
  }
}

std::byte* PlannedOperand::address(const std::ptrdiff_t* index) const noexcept {
  std::byte* p = origin;
  const Step* const step = steps.data();
  const std::size_t count = steps.size();
  if (pointer_offsets.empty()) {
    for (std::size_t l = 0; l < count; ++l) p += index[l] * step[l].byte_stride;
    return p;
  }
  const int indirections = static_cast<int>(pointer_offsets.size());
  for (int level = 0;; ++level) {
    for (std::size_t l = 0; l < count; ++l)
      if (step[l].level == level) p += index[l] * step[l].byte_stride;
    if (level == indirections) return p;
    std::memcpy(&p, p, sizeof p);
    p += pointer_offsets[static_cast<std::size_t>(level)];
  }
}

Plan make_plan(std::span<const WalkOperand> operands, std::span<PlannedOperand> planned) {
  Plan plan;
  if (operands.front().layout->is_empty()) {
    plan.is_empty = true;
    return plan;
  }
  const LoopOrder order(operands);
  const Nest nest = NestBuilder(operands, order).build();
  const auto& loops = nest.loops;
  const std::size_t in_block = nest.in_block;
  plan.outer_loops = loops.size() - in_block;
  for (std::size_t l = loops.size(); l-- > in_block;) {
    plan.extents.push_back(loops[l].extent);
    plan.outer_count *= loops[l].extent;
  }
  plan.extents.push_back(in_block > 1 ? loops[1].extent : 1);
  plan.extents.push_back(in_block > 0 ? loops[0].extent : 1);

  for (std::size_t o = 0; o < operands.size(); ++o) {
    const Layout& layout = *operands[o].layout;
    const int last_level = layout.indirections();
    PlannedOperand& result = planned[o];
    result.origin = operands[o].origin;
    result.pointer_offsets = layout.pointer_offsets();
    const auto step = [&](std::size_t loop) -> PlannedOperand::Step {
      const Axis& axis = layout.axes()[static_cast<std::size_t>(loops[loop].axis)];
      return {axis.byte_stride, axis.level};
    };
    for (std::size_t l = loops.size(); l-- > in_block;) result.steps.push_back(step(l));
    const PlannedOperand::Step rows = in_block > 1 ? step(1) : PlannedOperand::Step{0, last_level};
    const PlannedOperand::Step columns =
        in_block > 0 ? step(0) : PlannedOperand::Step{operands[o].itemsize, last_level};
    result.steps.push_back(rows);
    result.steps.push_back(columns);
    result.has_indirect_rows = rows.level != last_level;
    result.has_indirect_columns = columns.level != last_level;
    result.row_byte_stride = rows.byte_stride;
    result.column_byte_stride = columns.byte_stride;
  }
  return plan;
}

}  // namespace imgbuf::walk
