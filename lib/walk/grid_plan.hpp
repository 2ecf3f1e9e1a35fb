#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "image/grid_box.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/function_ref.hpp"
#include "imgbuf/inline_vector.hpp"
#include "imgbuf/view.hpp"
#include "imgbuf/walk.hpp"
#include "walk/block_runner.hpp"
#include "walk/grid_cut.hpp"
#include "walk/plan.hpp"

namespace imgbuf::walk {

/// What of a box decides its plan: its extents, and for each operand which layout its cell has.
using BoxForm = InlineVector<std::ptrdiff_t, 8>;

/// A plan for all boxes of one form, standing at one of them.
class BoxPlan {
 public:
  /// At `places`, one for each operand. Borrows the context; keeps the form's layouts.
  BoxPlan(std::span<const WalkOperand> operands, const Box& box, std::span<const image::BoxPlace> places,
          const Context& context);
  BoxPlan(const BoxPlan&) = delete;
  BoxPlan& operator=(const BoxPlan&) = delete;

  /// Goes to another box of the form.
  void move_to(std::span<const image::BoxPlace> places);

  [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
  [[nodiscard]] const BlockRunner& runner() const noexcept { return *runner_; }
  /// But for pointer offsets, which are those of the box where the plan was made.
  [[nodiscard]] const Layout& layout(std::size_t operand) const noexcept { return layouts_[operand]; }
  /// The elements of one operand.
  [[nodiscard]] AnyView view(std::size_t operand, Format format) const;

 private:
  std::vector<Layout> layouts_;
  std::vector<InlineVector<std::ptrdiff_t, 2>> pointer_offsets_;
  std::vector<WalkOperand> operands_;
  std::vector<PlannedOperand> planned_;
  Plan plan_;
  std::optional<BlockRunner> runner_;
};

/// Finds the plans for the boxes of a walk; keeps those of the last forms. For one thread.
class BoxPlanner {
 public:
  /// Borrows all of its arguments.
  BoxPlanner(std::span<const WalkOperand> operands, const GridCut& cut, const Context& context)
      : operands_(operands), cut_(cut), context_(context), places_(operands.size()) {}

  /// Valid until the next call.
  [[nodiscard]] BoxPlan& at(std::ptrdiff_t box_number);

 private:
  struct Known {
    BoxForm form;
    std::unique_ptr<BoxPlan> plan;
  };

  std::span<const WalkOperand> operands_;
  const GridCut& cut_;
  const Context& context_;
  std::vector<image::BoxPlace> places_;
  std::array<Known, 8> known_;
  std::size_t oldest_ = 0;
};

/// Where a box of an operand starts.
[[nodiscard]] image::BoxPlace place_of(const WalkOperand& operand, const Box& box);
/// The layout of a box, but for pointer offsets when `pointer_offsets` are not those of its place.
[[nodiscard]] Layout layout_of(const WalkOperand& operand, const Box& box, const image::BoxPlace& place);

}  // namespace imgbuf::walk
