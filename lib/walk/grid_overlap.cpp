#include "walk/grid_overlap.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "memory/physical.hpp"
#include "walk/copy_blocks.hpp"
#include "walk/footprint.hpp"
#include "walk/grid_cut.hpp"
#include "walk/grid_plan.hpp"
#include "walk/grid_run.hpp"
#include "walk/overlap.hpp"
#include "walk/plan.hpp"

namespace imgbuf::walk {

namespace {

bool is_written(const WalkOperand& operand) noexcept {
  return operand.use != Use::read;
}

/// A box of an operand as a plain operand.
class Piece {
 public:
  Piece(const WalkOperand& operand, const Box& box) : Piece(operand, box, place_of(operand, box)) {}
  Piece(const WalkOperand& operand, const Box& box, const image::BoxPlace& place)
      : operand_(operand), layout_(layout_of(operand, box, place)) {
    operand_.origin = place.origin;
    operand_.layout = &layout_;
    operand_.grid = nullptr;
  }
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  [[nodiscard]] const WalkOperand& operand() const noexcept { return operand_; }

 private:
  WalkOperand operand_;
  Layout layout_;
};

/// From the lowest to one past the highest byte of a cell.
struct CellRange {
  std::uintptr_t begin = 0, end = 0;
  std::ptrdiff_t cell = 0;  ///< box of the operand's own cut
};

/// A cell without pointers. Others as large in cells of the same layout take their memory as it does, from elsewhere on.
struct DirectCell {
  InlineVector<std::ptrdiff_t, 4> counts;
  std::uint32_t layout = 0;
  std::uintptr_t origin = 0;
  CellRange range;

  [[nodiscard]] bool is_like(const Box& box, const image::BoxPlace& place) const noexcept {
    return layout == place.layout && counts == box.counts;
  }
  [[nodiscard]] CellRange moved_to(const image::BoxPlace& place, std::ptrdiff_t cell) const noexcept {
    const std::uintptr_t distance = reinterpret_cast<std::uintptr_t>(place.origin) - origin;
    return {range.begin + distance, range.end + distance, cell};
  }
};

/// Which memory the cells of one operand take, sorted by where each begins. A plain operand is one cell.
class CellFootprints {
 public:
  /// `index` is the operand's place. @pre the operand is not empty
  CellFootprints(const WalkOperand& operand, std::size_t index) : operand_(operand), cut_({&operand_, 1}) {
    ranges_.reserve(static_cast<std::size_t>(cut_.box_count()));
    highest_.reserve(ranges_.capacity());
    std::optional<DirectCell> known;  // the last one that was looked at
    for (std::ptrdiff_t cell = 0; cell < cut_.box_count(); ++cell) {
      const Box box = cut_.box(cell);
      const image::BoxPlace place = place_of(operand_, box);
      if (known && known->is_like(box, place)) {
        ranges_.push_back(known->moved_to(place, cell));
        continue;
      }
      const Piece piece(operand_, box, place);
      const Footprint footprint(piece.operand());
      if (is_written(operand_)) require_distinct_elements(footprint, index);
      const auto [begin, end] = footprint.range();
      ranges_.push_back({begin, end, cell});
      known.reset();
      // Whether memory that is mapped twice makes one cell repeat its elements is found when all cells are compared.
      if (piece.operand().layout->is_direct())
        known = {box.counts, place.layout, reinterpret_cast<std::uintptr_t>(place.origin), ranges_.back()};
    }
    std::sort(ranges_.begin(), ranges_.end(), [](const CellRange& a, const CellRange& b) { return a.begin < b.begin; });
    for (const CellRange& range : ranges_)
      highest_.push_back(std::max(highest_.empty() ? 0 : highest_.back(), range.end));
    if (is_written(operand_)) require_distinct_cells(index);
  }

  /// Elements of the cells whose ranges cross one of the other operand's; sorted.
  [[nodiscard]] std::vector<Stretch> stretches_near(const CellFootprints& other) const {
    std::vector<Stretch> all;
    for (const CellRange& range : ranges_)
      if (memory::has_aliases() || other.crosses(range)) add_stretches(range.cell, all);
    sort_stretches(all);
    return all;
  }

 private:
  void require_distinct_elements(const Footprint& footprint, std::size_t index) const {
    for (int a = 0; a < rank_of(operand_); ++a)
      if (repeats_along(a, footprint.operand())) refuse_repeated_axis(a, index);
    if (footprint.repeats_elements()) refuse_repeated_elements(index);
  }
  [[nodiscard]] bool repeats_along(int axis, const WalkOperand& piece) const {
    if (piece.layout->extent(axis) > 1) return piece.layout->axis(axis).byte_stride == 0;
    if (!operand_.grid || operand_.grid->extent(axis) < 2) return false;
    return operand_.grid->axis(axis).step == 0;
  }

  /// Cells whose ranges cross are compared element by element, all others cannot meet.
  void require_distinct_cells(std::size_t index) const {
    for (std::size_t first = 0; first < ranges_.size();) {
      std::size_t last = first + 1;
      while (last < ranges_.size() && (memory::has_aliases() || ranges_[last].begin < highest_[last - 1])) ++last;
      if (last - first > 1) {
        std::vector<Stretch> all;
        for (std::size_t i = first; i < last; ++i) add_stretches(ranges_[i].cell, all);
        sort_stretches(all);
        if (share_memory_among(all)) refuse_repeated_elements(index);
      }
      first = last;
    }
  }

  [[nodiscard]] bool crosses(const CellRange& range) const noexcept {
    const auto behind = std::partition_point(ranges_.begin(), ranges_.end(),
                                             [&](const CellRange& mine) { return mine.begin < range.end; });
    return behind != ranges_.begin() && highest_[static_cast<std::size_t>(behind - ranges_.begin()) - 1] > range.begin;
  }

  void add_stretches(std::ptrdiff_t cell, std::vector<Stretch>& all) const {
    const Piece piece(operand_, cut_.box(cell));
    const std::vector<Stretch> of_cell = Footprint(piece.operand()).stretches();
    all.insert(all.end(), of_cell.begin(), of_cell.end());
  }

  WalkOperand operand_;
  GridCut cut_;
  std::vector<CellRange> ranges_;
  std::vector<std::uintptr_t> highest_;  ///< end of the ranges up to each
};

/// Whether every index leads two operands to the same address. Stops at the first box where it does not.
bool is_in_place(const WalkOperand& a, const WalkOperand& b) {
  const WalkOperand both[] = {a, b};
  const GridCut cut(both);
  for (std::ptrdiff_t number = 0; number < cut.box_count(); ++number) {
    const Box box = cut.box(number);
    const Piece of_a(a, box), of_b(b, box);
    if (!is_same_memory(of_a.operand(), of_b.operand())) return false;
  }
  return true;
}

/// Whether an operand repeats its elements along an axis.
bool is_repeated(const WalkOperand& operand, int axis) {
  if (extent_of(operand, axis) < 2) return false;
  return operand.grid ? operand.grid->axis(axis).step == 0 : operand.layout->axis(axis).byte_stride == 0;
}

}  // namespace

SafeGridOperands::SafeGridOperands(std::span<const WalkOperand> operands, const Context& context) : given_(operands) {
  if (std::none_of(operands.begin(), operands.end(), is_written)) return;
  for (int a = 0; a < rank_of(operands.front()); ++a)
    if (extent_of(operands.front(), a) == 0) return;
  std::vector<CellFootprints> footprints;
  footprints.reserve(operands.size());
  for (std::size_t o = 0; o < operands.size(); ++o) footprints.emplace_back(operands[o], o);

  std::vector<bool> was_copied(operands.size());
  for (std::size_t w = 0; w < operands.size(); ++w) {
    if (!is_written(operands[w])) continue;
    for (std::size_t o = 0; o < operands.size(); ++o) {
      const bool both_written = is_written(operands[o]);
      if ((both_written && o <= w) || was_copied[o]) continue;
      const std::vector<Stretch> near = footprints[w].stretches_near(footprints[o]);
      if (near.empty() || (!both_written && is_in_place(operands[w], operands[o]))) continue;
      if (!share_memory(near, footprints[o].stretches_near(footprints[w]), both_written)) continue;
      if (both_written) refuse_both_written(o, w);
      replace_by_copy(o, w, context);
      was_copied[o] = true;
    }
  }
}

void SafeGridOperands::replace_by_copy(std::size_t index, std::size_t written, const Context& context) {
  const WalkOperand& operand = given_[index];
  const int rank = rank_of(operand);
  // One copy of what the operand repeats, which the new layout repeats again.
  std::vector<Axis> axes(static_cast<std::size_t>(rank)), copied_axes(static_cast<std::size_t>(rank));
  std::ptrdiff_t bytes = operand.itemsize;
  for (int a = rank; a-- > 0;) {
    const bool repeats = is_repeated(operand, a);
    const std::ptrdiff_t extent = extent_of(operand, a);
    axes[static_cast<std::size_t>(a)] = {extent, repeats ? 0 : bytes, 0};
    copied_axes[static_cast<std::size_t>(a)] = {repeats ? 1 : extent, bytes, 0};
    if (!repeats) bytes *= extent;
  }
  require_leave_to_copy(index, written, bytes, context);

  if (replaced_.empty()) {
    replaced_.assign(given_.begin(), given_.end());
    layouts_.reserve(given_.size());  // operands point into it
  }
  copies_.push_back(allocate_segment(static_cast<std::size_t>(bytes)));
  const Layout destination{std::span<const Axis>(copied_axes)};
  Layout plain;
  std::optional<GridGeometry> cells;
  WalkOperand source{operand.origin, nullptr, operand.itemsize, Use::read};
  if (operand.grid) {
    cells = *operand.grid;
    for (int a = 0; a < rank; ++a) cells = cells->window(a, 0, copied_axes[static_cast<std::size_t>(a)].extent);
    source.grid = &*cells;
  } else {
    plain = *operand.layout;
    for (int a = 0; a < rank; ++a) plain = plain.window(a, 0, copied_axes[static_cast<std::size_t>(a)].extent).layout;
    source.layout = &plain;
  }
  const WalkOperand both[] = {{copies_.back().data, &destination, operand.itemsize, Use::write}, source};
  run_grid_blocks(
      both, [itemsize = operand.itemsize](const Block& block) { copy_block(block, itemsize); }, context);
  context.count_copied_bytes(bytes);
  replaced_[index].origin = copies_.back().data;
  replaced_[index].layout = &layouts_.emplace_back(axes);
  replaced_[index].grid = nullptr;
}

}  // namespace imgbuf::walk
