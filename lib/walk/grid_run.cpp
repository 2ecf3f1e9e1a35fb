#include "walk/grid_run.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/out_of_memory.hpp"
#include "walk/grid_plan.hpp"
#include "walk/parts.hpp"

namespace imgbuf::walk {

namespace {

/// Runs one part; leaves early, without an error, once `stop` is set.
void run_part(std::span<const WalkOperand> operands, const GridCut& cut, const BoxGroups& groups, std::ptrdiff_t part,
              FunctionRef<void(const Block&)> kernel, const Context& context, const std::atomic<bool>& stop) {
  const std::ptrdiff_t group = part / groups.pieces();
  BoxPlanner planner(operands, cut, context);
  for (std::ptrdiff_t b = groups.first_box(group); b < groups.first_box(group + 1); ++b) {
    const BoxPlan& box = base::or_out_of_memory([&]() -> const BoxPlan& { return planner.at(b); });
    if (groups.pieces() == 1) {
      box.runner().run(whole(box.plan()), kernel, stop);
      if (stop) return;
      continue;
    }
    const std::vector<Part> pieces = base::or_out_of_memory([&] { return split(box.plan(), groups.pieces()); });
    if (const auto piece = static_cast<std::size_t>(part % groups.pieces()); piece < pieces.size())
      box.runner().run(pieces[piece], kernel, stop);
  }
}

void run_in_parallel(std::span<const WalkOperand> operands, const GridCut& cut, const BoxGroups& groups,
                     FunctionRef<void(std::ptrdiff_t, const Block&)> kernel, const Context& context) {
  std::atomic<bool> stop{false};
  context.executor().parallel_for(groups.part_count(), [&](std::ptrdiff_t part) {
    try {
      run_part(
          operands, cut, groups, part, [&](const Block& block) { kernel(part, block); }, context, stop);
    } catch (...) {
      stop = true;
      throw;
    }
  });
}

}  // namespace

BoxGroups::BoxGroups(std::ptrdiff_t box_count, std::ptrdiff_t wanted) noexcept
    : box_count_(box_count), groups_(std::min(box_count, wanted)), pieces_((wanted - 1) / groups_ + 1) {}

std::ptrdiff_t BoxGroups::first_box(std::ptrdiff_t group) const noexcept {
  // Whole quotient and remainder apart, so that nothing overflows.
  return box_count_ / groups_ * group + box_count_ % groups_ * group / groups_;
}

void run_grid_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                     const Context& context) {
  const auto cut = base::or_out_of_memory([&] { return GridCut(operands); });
  if (cut.box_count() == 0) return;
  const int threads = context.executor().concurrency();
  if (threads <= 1 || cut.element_count() < fewest_elements_of_a_part) {
    run_part(operands, cut, BoxGroups(cut.box_count(), 1), 0, kernel, context, std::atomic<bool>{false});
    return;
  }
  run_in_parallel(
      operands, cut, BoxGroups(cut.box_count(), parts_for_threads(threads)),
      [kernel](std::ptrdiff_t, const Block& block) { kernel(block); }, context);
}

void run_grid_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t)> prepare,
                    FunctionRef<void(std::ptrdiff_t, const Block&)> kernel, const Context& context) {
  const auto cut = base::or_out_of_memory([&] { return GridCut(operands); });
  if (cut.box_count() == 0) return prepare(0);
  const BoxGroups groups(cut.box_count(), parts_that_gather(cut.element_count()));
  prepare(groups.part_count());
  run_in_parallel(operands, cut, groups, kernel, context);
}

}  // namespace imgbuf::walk
