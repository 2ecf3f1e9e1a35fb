#include "walk/grid_cut.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "walk/plan.hpp"

namespace imgbuf::walk {

GridCut::GridCut(std::span<const WalkOperand> operands) {
  const int rank = rank_of(operands.front());
  for (int a = 0; a < rank; ++a) {
    const std::ptrdiff_t extent = extent_of(operands.front(), a);
    std::vector<std::ptrdiff_t> all =
        extent == 0 ? std::vector<std::ptrdiff_t>{0} : std::vector<std::ptrdiff_t>{0, extent};
    for (const WalkOperand& operand : operands) {
      if (!operand.grid) continue;
      const std::vector<std::ptrdiff_t> cuts = operand.grid->cuts(a);
      std::vector<std::ptrdiff_t> merged;
      std::set_union(all.begin(), all.end(), cuts.begin(), cuts.end(), std::back_inserter(merged));
      all = std::move(merged);
    }
    box_count_ *= static_cast<std::ptrdiff_t>(all.size()) - 1;
    element_count_ *= extent;
    cuts_.push_back(std::move(all));
  }
}

Box GridCut::box(std::ptrdiff_t number) const {
  Box box;
  for (const auto& along : cuts_) {
    box.starts.push_back(0);
    box.counts.push_back(static_cast<std::ptrdiff_t>(along.size()) - 1);
  }
  for (std::size_t a = cuts_.size(); a-- > 0;) {
    const auto at = static_cast<std::size_t>(number % box.counts[a]);
    number /= box.counts[a];
    box.starts[a] = cuts_[a][at];
    box.counts[a] = cuts_[a][at + 1] - cuts_[a][at];
  }
  return box;
}

}  // namespace imgbuf::walk
