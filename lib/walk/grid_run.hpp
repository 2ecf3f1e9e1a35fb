#pragma once

#include <cstddef>
#include <span>

#include "imgbuf/context.hpp"
#include "imgbuf/function_ref.hpp"
#include "imgbuf/walk.hpp"
#include "walk/grid_cut.hpp"

namespace imgbuf::walk {

/// `run_blocks` for operands of which some are grids, and which are known not to overlap, or only element for element.
void run_grid_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                     const Context& context);

/// `run_parts` for the same.
void run_grid_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t part_count)> prepare,
                    FunctionRef<void(std::ptrdiff_t part, const Block&)> kernel, const Context& context);

/// Parts of a walk: groups of whole boxes, or where boxes are few, each box cut into pieces.
class BoxGroups {
 public:
  /// About `wanted` parts; depends on its arguments only. @pre box_count >= 1, wanted >= 1
  BoxGroups(std::ptrdiff_t box_count, std::ptrdiff_t wanted) noexcept;

  [[nodiscard]] std::ptrdiff_t part_count() const noexcept { return groups_ * pieces_; }
  /// Into how many pieces boxes are cut; with more than one, each box is a group.
  [[nodiscard]] std::ptrdiff_t pieces() const noexcept { return pieces_; }
  /// The first box of a group; one past the last of all for `groups`.
  [[nodiscard]] std::ptrdiff_t first_box(std::ptrdiff_t group) const noexcept;

 private:
  std::ptrdiff_t box_count_;
  std::ptrdiff_t groups_;
  std::ptrdiff_t pieces_;
};

}  // namespace imgbuf::walk
