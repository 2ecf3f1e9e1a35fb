#include "walk/overlap.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "imgbuf/error.hpp"
#include "walk/copy.hpp"
#include "walk/copy_blocks.hpp"
#include "walk/footprint.hpp"
#include "walk/plan.hpp"
#include "walk/run_blocks.hpp"

namespace imgbuf::walk {

namespace {

std::string operand_place(std::size_t index) {
  return "operand " + std::to_string(index);
}

void require_distinct_elements(const Footprint& footprint, std::size_t index) {
  const auto axes = footprint.operand().layout->axes();
  for (std::size_t a = 0; a < axes.size(); ++a)
    if (axes[a].extent > 1 && axes[a].byte_stride == 0) refuse_repeated_axis(static_cast<int>(a), index);
  if (footprint.repeats_elements()) refuse_repeated_elements(index);
}

bool is_same_mapping(const WalkOperand& a, const WalkOperand& b) noexcept {
  if (a.origin != b.origin || a.itemsize != b.itemsize) return false;
  const auto offsets = a.layout->pointer_offsets(), other_offsets = b.layout->pointer_offsets();
  if (!std::equal(offsets.begin(), offsets.end(), other_offsets.begin(), other_offsets.end())) return false;
  const auto axes = a.layout->axes(), other_axes = b.layout->axes();
  return std::equal(axes.begin(), axes.end(), other_axes.begin(), other_axes.end(),
                    [](const Axis& x, const Axis& y) { return x == y || (x.extent == 1 && y.extent == 1); });
}

/// Whether every index leads both to the same address, whatever tables lie between.
bool leads_to_same_elements(const WalkOperand& a, const WalkOperand& b) {
  if (a.itemsize != b.itemsize) return false;
  const std::array<WalkOperand, 2> operands{a, b};
  std::array<PlannedOperand, 2> planned;
  const Plan plan = make_plan(operands, planned);
  const bool has_same_columns = !planned[0].has_indirect_columns && !planned[1].has_indirect_columns &&
                                planned[0].column_byte_stride == planned[1].column_byte_stride;
  InlineVector<std::ptrdiff_t, 6> extents = plan.extents;
  if (has_same_columns) extents[extents.size() - 1] = 1;
  InlineVector<std::ptrdiff_t, 6> index = extents;
  std::fill(index.begin(), index.end(), 0);
  for (;;) {
    if (planned[0].address(index.data()) != planned[1].address(index.data())) return false;
    std::size_t l = index.size();
    while (l > 0 && ++index[l - 1] == extents[l - 1]) index[--l] = 0;
    if (l == 0) return true;
  }
}

/// The type of an item that is only moved.
std::optional<ElementType> moved_type(std::ptrdiff_t itemsize) noexcept {
  switch (itemsize) {
    case 1:
      return ElementType::u8;
    case 2:
      return ElementType::u16;
    case 4:
      return ElementType::u32;
    case 8:
      return ElementType::f64;
    default:
      return std::nullopt;
  }
}

/// Copies items of any size between operands that share no memory.
void copy_items(const WalkOperand& to, const WalkOperand& from, const Context& context) {
  if (const std::optional<ElementType> type = moved_type(to.itemsize))
    return copy_disjoint(AnyView(to.origin, *to.layout, *type), AnyConstView(from.origin, *from.layout, *type),
                         context);
  const std::array<WalkOperand, 2> both{to, from};
  run_blocks(
      both, [itemsize = to.itemsize](const Block& block) { copy_block(block, itemsize); }, context);
}

}  // namespace

void refuse_repeated_axis(int axis, std::size_t index) {
  throw Error(ErrorCode::invalid_argument, "what is written repeats its elements along axis " + std::to_string(axis),
              operand_place(index));
}

void refuse_repeated_elements(std::size_t index) {
  throw Error(ErrorCode::invalid_argument, "what is written has the same memory at two indices", operand_place(index));
}

void refuse_both_written(std::size_t index, std::size_t written) {
  throw Error(ErrorCode::invalid_argument,
              "shares memory with operand " + std::to_string(written) +
                  ", and both may be written: what is only read should be a view of const elements",
              operand_place(index));
}

void require_leave_to_copy(std::size_t index, std::size_t written, std::ptrdiff_t bytes, const Context& context) {
  if (context.allow_copies) return;
  throw Error(ErrorCode::copy_required,
              "shares memory with operand " + std::to_string(written) + ", which is written: a copy of " +
                  std::to_string(bytes) + " bytes would be needed",
              operand_place(index));
}

bool is_same_memory(const WalkOperand& a, const WalkOperand& b) {
  return is_same_mapping(a, b) || leads_to_same_elements(a, b);
}

SafeOperands::SafeOperands(std::span<const WalkOperand> operands, const Context& context) : given_(operands) {
  const auto is_written = [](const WalkOperand& operand) { return operand.use != Use::read; };
  if (std::none_of(operands.begin(), operands.end(), is_written) || operands.front().layout->is_empty()) return;
  std::vector<Footprint> footprints;
  footprints.reserve(operands.size());
  for (const WalkOperand& operand : operands) footprints.emplace_back(operand);

  for (std::size_t w = 0; w < operands.size(); ++w) {
    if (!is_written(operands[w])) continue;
    require_distinct_elements(footprints[w], w);
    for (std::size_t o = 0; o < operands.size(); ++o) {
      const bool both_written = is_written(operands[o]);
      const bool was_compared = both_written && o <= w;
      const bool was_copied = !replaced_.empty() && replaced_[o].origin != operands[o].origin;
      if (was_compared || was_copied || !footprints[w].crosses(footprints[o])) continue;
      // Two that are written are refused even when they are the same: which of them would have the last word?
      const bool is_in_place = !both_written && is_same_memory(operands[w], operands[o]);
      if (is_in_place || !share_memory(footprints[w], footprints[o], both_written)) continue;
      if (both_written) refuse_both_written(o, w);
      replace_by_copy(o, w, context);
    }
  }
}

void SafeOperands::replace_by_copy(std::size_t index, std::size_t written, const Context& context) {
  const WalkOperand& operand = given_[index];
  // One copy of what the operand repeats, which the new layout repeats again.
  std::vector<Axis> axes(operand.layout->axes().begin(), operand.layout->axes().end());
  Layout source = *operand.layout;
  std::ptrdiff_t bytes = operand.itemsize;
  for (std::size_t a = axes.size(); a-- > 0;) {
    const bool is_repeated = axes[a].byte_stride == 0;
    axes[a] = {axes[a].extent, is_repeated ? 0 : bytes, 0};
    if (is_repeated)
      source = source.slice(static_cast<int>(a), {0, 1, 1}).layout;
    else
      bytes *= axes[a].extent;
  }
  require_leave_to_copy(index, written, bytes, context);
  if (replaced_.empty()) {
    replaced_.assign(given_.begin(), given_.end());
    layouts_.reserve(given_.size());  // operands point into it
  }
  copies_.push_back(allocate_segment(static_cast<std::size_t>(bytes)));
  const Layout& copied = layouts_.emplace_back(axes);
  Layout destination = copied;
  for (int a = 0; a < copied.rank(); ++a)
    if (copied.axis(a).byte_stride == 0) destination = destination.slice(a, {0, 1, 1}).layout;
  copy_items({copies_.back().data, &destination, operand.itemsize, Use::write},
             {operand.origin, &source, operand.itemsize, Use::read}, context);
  context.count_copied_bytes(bytes);
  replaced_[index].origin = copies_.back().data;
  replaced_[index].layout = &copied;
}

}  // namespace imgbuf::walk
