#include "walk/run_blocks.hpp"

#include <array>
#include <atomic>
#include <vector>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "walk/block_runner.hpp"
#include "walk/parts.hpp"
#include "walk/plan.hpp"

namespace imgbuf::walk {

namespace {

/// Plans for a few operands without allocating.
class Planning {
 public:
  explicit Planning(std::span<const WalkOperand> operands)
      : many_(operands.size() > usual_.size() ? operands.size() : 0),
        planned_(many_.empty() ? std::span<PlannedOperand>(usual_).first(operands.size())
                               : std::span<PlannedOperand>(many_)),
        plan_(make_plan(operands, planned_)) {}
  Planning(const Planning&) = delete;
  Planning& operator=(const Planning&) = delete;

  [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
  [[nodiscard]] std::span<const PlannedOperand> operands() const noexcept { return planned_; }

 private:
  std::array<PlannedOperand, 4> usual_;
  std::vector<PlannedOperand> many_;
  std::span<PlannedOperand> planned_;
  Plan plan_;
};

/// Runs every part on the executor; the first error stops the others at their next block.
void run_in_parallel(const BlockRunner& runner, const std::vector<Part>& parts,
                     FunctionRef<void(std::ptrdiff_t part, const Block&)> kernel, const Context& context) {
  std::atomic<bool> stop{false};
  const auto run = [&](std::ptrdiff_t p) {
    try {
      runner.run(
          parts[static_cast<std::size_t>(p)], [&](const Block& block) { kernel(p, block); }, stop);
    } catch (...) {
      stop = true;
      throw;
    }
  };
  context.executor().parallel_for(static_cast<std::ptrdiff_t>(parts.size()), run);
}

}  // namespace

void run_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel, const Context& context) {
  const Planning planning = base::or_out_of_memory([&] { return Planning(operands); });
  const Plan& plan = planning.plan();
  if (plan.is_empty) return;
  const auto runner = base::or_out_of_memory([&] { return BlockRunner(plan, operands, planning.operands(), context); });
  const int threads = context.executor().concurrency();
  if (threads <= 1 || operands.front().layout->element_count() < fewest_elements_of_a_part) {
    runner.run(whole(plan), kernel, std::atomic<bool>{false});
    return;
  }
  run_in_parallel(
      runner, split(plan, parts_for_threads(threads)), [kernel](std::ptrdiff_t, const Block& block) { kernel(block); },
      context);
}

void run_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t)> prepare,
               FunctionRef<void(std::ptrdiff_t, const Block&)> kernel, const Context& context) {
  const Planning planning = base::or_out_of_memory([&] { return Planning(operands); });
  const Plan& plan = planning.plan();
  if (plan.is_empty) return prepare(0);
  const auto runner = base::or_out_of_memory([&] { return BlockRunner(plan, operands, planning.operands(), context); });
  const auto parts = split(plan, parts_that_gather(operands.front().layout->element_count()));
  prepare(static_cast<std::ptrdiff_t>(parts.size()));
  run_in_parallel(runner, parts, kernel, context);
}

}  // namespace imgbuf::walk
