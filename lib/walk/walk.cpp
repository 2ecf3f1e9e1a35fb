#include "imgbuf/walk.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "imgbuf/error.hpp"
#include "walk/plan.hpp"

namespace imgbuf {

namespace {

using walk::Plan;
using walk::PlannedOperand;

constexpr std::size_t usual_operands = 4;

/// Part of a plan: outer indices [outer_begin, outer_end), of each block's rows or columns a part.
struct Part {
  std::ptrdiff_t outer_begin = 0, outer_end = 0;
  std::ptrdiff_t row_begin = 0, row_count = 0;
  std::ptrdiff_t column_begin = 0, column_count = 0;
};

class PartRunner {
 public:
  PartRunner(const Plan& plan, std::span<const PlannedOperand> operands) : plan_(plan), operands_(operands) {
    for (const PlannedOperand& operand : operands) {
      row_byte_strides_.push_back(operand.row_byte_stride);
      column_byte_strides_.push_back(operand.column_byte_stride);
    }
  }

  void run(const Part& part, FunctionRef<void(const Block&)> kernel, const Context& context) const {
    InlineVector<std::ptrdiff_t, 4> index = index_of(part.outer_begin);
    InlineVector<std::byte*, usual_operands> pointers;
    for (std::size_t o = 0; o < operands_.size(); ++o) pointers.push_back(nullptr);
    const Block block{part.row_count,
                      part.column_count,
                      {pointers.data(), pointers.size()},
                      {row_byte_strides_.data(), row_byte_strides_.size()},
                      {column_byte_strides_.data(), column_byte_strides_.size()},
                      plan_.unit_columns};
    for (std::ptrdiff_t i = part.outer_begin; i < part.outer_end; ++i) {
      context.check_cancelled();
      for (std::size_t o = 0; o < operands_.size(); ++o)
        pointers[o] = operands_[o].block_address(index.data()) + part.row_begin * row_byte_strides_[o] +
                      part.column_begin * column_byte_strides_[o];
      kernel(block);
      advance(index);
    }
  }

 private:
  [[nodiscard]] InlineVector<std::ptrdiff_t, 4> index_of(std::ptrdiff_t linear) const {
    InlineVector<std::ptrdiff_t, 4> index = plan_.outer_extents;
    for (std::size_t l = index.size(); l-- > 0;) {
      const std::ptrdiff_t extent = plan_.outer_extents[l];
      index[l] = linear % extent;
      linear /= extent;
    }
    return index;
  }

  void advance(InlineVector<std::ptrdiff_t, 4>& index) const noexcept {
    for (std::size_t l = index.size(); l-- > 0;) {
      if (++index[l] < plan_.outer_extents[l]) return;
      index[l] = 0;
    }
  }

  const Plan& plan_;
  std::span<const PlannedOperand> operands_;
  InlineVector<std::ptrdiff_t, usual_operands> row_byte_strides_;
  InlineVector<std::ptrdiff_t, usual_operands> column_byte_strides_;
};

/// Below this many elements, handing work to other threads costs more than it saves.
constexpr std::ptrdiff_t fewest_elements_to_split = 64 * 1024;

/// Cuts a plan along its outermost loop that has enough to share.
std::vector<Part> split(const Plan& plan, const Part& whole, int threads) {
  const std::ptrdiff_t wanted = 4 * static_cast<std::ptrdiff_t>(threads);
  std::vector<Part> parts;
  const auto cut = [&](std::ptrdiff_t extent, std::ptrdiff_t grain, auto&& narrow) {
    const std::ptrdiff_t pieces = std::min(wanted, (extent - 1) / grain + 1);
    for (std::ptrdiff_t p = 0; p < pieces; ++p) {
      const auto boundary = [&](std::ptrdiff_t i) { return std::min(extent, (extent / grain * i / pieces) * grain); };
      const std::ptrdiff_t begin = boundary(p);
      const std::ptrdiff_t end = p + 1 == pieces ? extent : boundary(p + 1);
      if (begin == end) continue;
      Part part = whole;
      narrow(part, begin, end);
      parts.push_back(part);
    }
  };
  if (plan.outer_count >= wanted) {
    cut(plan.outer_count, 1, [](Part& part, std::ptrdiff_t begin, std::ptrdiff_t end) {
      part.outer_begin = begin;
      part.outer_end = end;
    });
  } else if (plan.rows >= threads) {
    cut(plan.rows, 1, [](Part& part, std::ptrdiff_t begin, std::ptrdiff_t end) {
      part.row_begin = begin;
      part.row_count = end - begin;
    });
  } else {
    // Columns in multiples of what no two threads should share a cache line of, for any element size.
    cut(plan.columns, 64, [](Part& part, std::ptrdiff_t begin, std::ptrdiff_t end) {
      part.column_begin = begin;
      part.column_count = end - begin;
    });
  }
  return parts;
}

}  // namespace

void walk_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                 const Context& context) {
  if (operands.empty()) throw Error(ErrorCode::invalid_argument, "a walk needs at least one operand");
  std::array<PlannedOperand, usual_operands> usual;
  std::vector<PlannedOperand> many(operands.size() > usual.size() ? operands.size() : 0);
  const std::span<PlannedOperand> planned =
      many.empty() ? std::span(usual).first(operands.size()) : std::span<PlannedOperand>(many);

  const Plan plan = walk::make_plan(operands, planned);
  if (plan.empty) return;
  const PartRunner runner(plan, planned);
  const Part whole{0, plan.outer_count, 0, plan.rows, 0, plan.columns};
  const int threads = context.executor().concurrency();
  if (threads <= 1 || operands.front().layout->element_count() < fewest_elements_to_split) {
    runner.run(whole, kernel, context);
    return;
  }
  const std::vector<Part> parts = split(plan, whole, threads);
  context.executor().parallel_for(static_cast<std::ptrdiff_t>(parts.size()), [&](std::ptrdiff_t i) {
    runner.run(parts[static_cast<std::size_t>(i)], kernel, context);
  });
}

}  // namespace imgbuf
