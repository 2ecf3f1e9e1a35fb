#include "walk/grid_copy.hpp"

#include <array>
#include <atomic>

#include "base/out_of_memory.hpp"
#include "walk/copy.hpp"
#include "walk/copy_blocks.hpp"
#include "walk/copy_planar.hpp"
#include "walk/copy_stream.hpp"
#include "walk/copy_transposed.hpp"
#include "walk/grid_cut.hpp"
#include "walk/grid_overlap.hpp"
#include "walk/grid_plan.hpp"
#include "walk/grid_run.hpp"
#include "walk/parts.hpp"
#include "walk/plan.hpp"

namespace imgbuf::walk {

namespace {

/// Copies box after box, each in the way that `copy` has for its two layouts.
class GridCopy {
 public:
  GridCopy(std::span<const WalkOperand> operands, Format to, Format from, const Context& context)
      : operands_(operands),
        to_(to),
        from_(from),
        context_(context),
        cut_(operands),
        streams_(streaming_pays(cut_.element_count() * to.itemsize())) {}

  void run() const {
    if (cut_.box_count() == 0) return;
    const int threads = context_.executor().concurrency();
    if (threads <= 1 || cut_.element_count() < fewest_elements_of_a_part)
      return copy_boxes(0, cut_.box_count(), std::atomic<bool>{false});
    if (cut_.box_count() < parts_for_threads(threads)) return copy_few();
    const BoxGroups groups(cut_.box_count(), parts_for_threads(threads));
    std::atomic<bool> stop{false};
    context_.executor().parallel_for(groups.part_count(), [&](std::ptrdiff_t group) {
      try {
        copy_boxes(groups.first_box(group), groups.first_box(group + 1), stop);
      } catch (...) {
        stop = true;
        throw;
      }
    });
  }

 private:
  /// Boxes that are large enough to be shared by the threads, one after the other.
  void copy_few() const {
    BoxPlanner planner(operands_, cut_, context_);
    for (std::ptrdiff_t b = 0; b < cut_.box_count(); ++b) {
      const BoxPlan& box = planner.at(b);
      copy_disjoint(box.view(0, to_), box.view(1, from_), context_);
    }
  }

  /// On one thread.
  void copy_boxes(std::ptrdiff_t first, std::ptrdiff_t last, const std::atomic<bool>& stop) const {
    const Context alone;  // the other threads have boxes of their own
    const StreamingScope scope(streams_);
    base::or_out_of_memory([&] {
      BoxPlanner planner(operands_, cut_, context_);
      for (std::ptrdiff_t b = first; b < last && !stop; ++b) {
        const BoxPlan& box = planner.at(b);
        if (is_reordered(box)) {
          context_.check_cancelled();
          copy_disjoint(box.view(0, to_), box.view(1, from_), alone);
        } else {
          copy_in_blocks(box, stop);
        }
      }
    });
    context_.count_scratch_bytes(alone.scratch_bytes());
  }

  /// Whether copying it means more than runs after runs.
  [[nodiscard]] bool is_reordered(const BoxPlan& box) const noexcept {
    return to_.byte_order() == from_.byte_order() &&
           (is_transposed(box.layout(0), box.layout(1)) || is_planar(box.layout(0), box.layout(1), to_.itemsize()));
  }

  void copy_in_blocks(const BoxPlan& box, const std::atomic<bool>& stop) const {
    const std::ptrdiff_t itemsize = to_.itemsize();
    const auto run = [&](auto kernel) {
      box.runner().run(
          whole(box.plan()), [&](const Block& block) { kernel(block, itemsize); }, stop);
    };
    if (to_.byte_order() != from_.byte_order())
      run(copy_block_swapped);
    else if (streams_)
      run(stream_block);
    else
      run(copy_block);
  }

  std::span<const WalkOperand> operands_;
  Format to_, from_;
  const Context& context_;
  GridCut cut_;
  bool streams_;
};

}  // namespace

void copy_grids(const WalkOperand& destination, Format to, const WalkOperand& source, Format from,
                const Context& context) {
  const std::array<WalkOperand, 2> operands{destination, source};
  require_same_shape(operands);
  context.check_cancelled();
  base::or_out_of_memory([&] {
    const SafeGridOperands safe(operands, context);
    GridCopy(safe.operands(), to, from, context).run();
  });
}

}  // namespace imgbuf::walk
