#include "image/import_tables.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/out_of_memory.hpp"
#include "image/direct_access.hpp"
#include "image/reach.hpp"
#include "image/start_runs.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::image {

namespace {

constexpr std::size_t slot_bytes = sizeof(std::byte*);

std::uintptr_t value_of(const std::byte* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// Where the copy of one level's tables lies, in cells of a pointer each. One stride an axis serves all tables of the
/// level. Where no slot belongs to two indices the tables are packed; where tables or indices share slots, cells are as
/// far apart as the slots, but for a common divisor.
class CopiedLevel {
 public:
  CopiedLevel(const TableLevel& table, const Layout& layout, int level) {
    const LevelReach reach = level_reach(layout, level);
    for (const Axis& axis : layout.axes())
      if (axis.level == level && axis.extent > 1 && axis.byte_stride != 0)
        digits_.push_back({distance(axis), static_cast<std::size_t>(axis.extent)});
    std::uintptr_t divisor = 0;
    for (const Digit& digit : digits_) divisor = std::gcd(divisor, digit.bytes);
    std::uintptr_t first_start = 0;
    for (std::byte* const start : table.starts) {
      const std::uintptr_t begin = value_of(shifted(start, reach.first));
      const std::uintptr_t last = value_of(shifted(start, reach.last));
      if (!ranges_.empty() && begin <= ranges_.back().last) {
        divisor = std::gcd(divisor, value_of(start) - first_start);
        ranges_.back().last = last;
      } else {
        ranges_.push_back({begin, last, 0});
        first_start = value_of(start);
      }
    }
    std::sort(digits_.begin(), digits_.end(), [](const Digit& a, const Digit& b) { return a.bytes > b.bytes; });
    if (ranges_.size() == table.starts.size() && pack()) return;
    digits_ = {{std::max<std::uintptr_t>(divisor, 1), 1}};
  }

  /// Numbers the cells of all ranges from `first_cell`. Returns the number behind the last.
  std::size_t place(std::size_t first_cell) {
    first_cell_ = first_cell;
    for (Range& range : ranges_) {
      range.first_cell = first_cell;
      first_cell += cells_for(range.last - range.begin) + 1;
    }
    cell_count_ = first_cell - first_cell_;
    return first_cell;
  }

  [[nodiscard]] std::size_t first_cell() const noexcept { return first_cell_; }
  [[nodiscard]] std::size_t cell_count() const noexcept { return cell_count_; }

  /// The cell of a slot of this level, or of a place where its arithmetic starts.
  [[nodiscard]] std::size_t cell_of(const std::byte* address) const noexcept {
    const std::uintptr_t at = value_of(address);
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), at,
                                        [](std::uintptr_t a, const Range& range) { return a < range.begin; });
    const Range& range = *std::prev(after);
    return range.first_cell + cells_for(at - range.begin);
  }

  [[nodiscard]] std::ptrdiff_t stride_of(const Axis& axis) const noexcept {
    if (axis.extent <= 1) return 0;
    const auto bytes = static_cast<std::ptrdiff_t>(cells_for(distance(axis)) * slot_bytes);
    return axis.byte_stride < 0 ? -bytes : bytes;
  }

 private:
  struct Range {
    std::uintptr_t begin;  ///< of the first slot
    std::uintptr_t last;   ///< where the last slot begins
    std::size_t first_cell;
  };
  /// So many bytes between slots become so many cells. While tables are packed a digit starts with its axis' extent.
  struct Digit {
    std::uintptr_t bytes;
    std::size_t cells;
  };

  static std::uintptr_t distance(const Axis& axis) noexcept {
    return static_cast<std::uintptr_t>(axis.byte_stride < 0 ? -axis.byte_stride : axis.byte_stride);
  }

  /// Cells side by side, if each distance is larger than what the smaller ones span together.
  bool pack() {
    std::uintptr_t span = 0;
    std::size_t cells = 1;
    for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit) {
      if (digit->bytes <= span) return false;
      const std::size_t extent = std::exchange(digit->cells, cells);
      span += (extent - 1) * digit->bytes;
      cells *= extent;
    }
    return true;
  }

  [[nodiscard]] std::size_t cells_for(std::uintptr_t bytes) const noexcept {
    std::size_t cells = 0;
    for (const Digit& digit : digits_) {
      cells += bytes / digit.bytes * digit.cells;
      bytes %= digit.bytes;
    }
    return cells;
  }

  std::size_t first_cell_ = 0;
  std::size_t cell_count_ = 0;
  std::vector<Range> ranges_;  ///< ascending
  std::vector<Digit> digits_;  ///< the largest first
};

/// Copies tables that were checked. All slots were read already.
void copy_tables(const std::vector<TableLevel>& levels, ImportedTables& imported) {
  const Layout& layout = imported.layout;
  std::vector<CopiedLevel> copies;
  std::size_t cells = 0;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    copies.emplace_back(levels[level], layout, static_cast<int>(level));
    cells = copies.back().place(cells);
  }
  std::size_t slots = 0;
  for (const TableLevel& table : levels) slots += table.slots.size();
  if (cells > 16 * slots)
    throw Error(ErrorCode::limit_exceeded, "pointer tables that share slots and lie far apart cannot be copied");
  imported.tables = allocate_segment(cells * slot_bytes);
  if (cells != slots) std::memset(imported.tables.data, 0, imported.tables.bytes);  // nothing of the heap shows
  const auto address_of_cell = [&](std::size_t cell) { return imported.tables.data + cell * slot_bytes; };
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const TableLevel& table = levels[level];
    const bool is_last = level + 1 == levels.size();
    if (is_last && copies[level].cell_count() == table.slots.size()) {  // cells and slots ascend alike
      std::memcpy(address_of_cell(copies[level].first_cell()), table.targets.data(), table.slots.size() * slot_bytes);
      continue;
    }
    for (std::size_t i = 0; i < table.slots.size(); ++i) {
      std::byte* target = table.targets[i];
      if (!is_last) target = address_of_cell(copies[level + 1].cell_of(target));
      std::memcpy(address_of_cell(copies[level].cell_of(table.slots[i])), &target, sizeof target);
    }
  }
  imported.tables.access = Access::read_only;
  imported.origin = address_of_cell(copies[0].cell_of(imported.origin));

  std::vector<Axis> axes(layout.axes().begin(), layout.axes().end());
  for (Axis& axis : axes)
    if (axis.level < layout.indirections())
      axis.byte_stride = copies[static_cast<std::size_t>(axis.level)].stride_of(axis);
  imported.layout = Layout(axes, std::vector<std::ptrdiff_t>(levels.size(), 0));
}

[[noreturn]] void refuse(int level, std::size_t pointer) {
  throw Error(ErrorCode::invalid_layout,
              level == 0 ? "the layout reaches memory outside its segments"
                         : "pointer " + std::to_string(pointer) + " leads outside the segments",
              "level " + std::to_string(level));
}

bool lies_in(std::span<const std::byte> memory, const std::byte* begin, std::size_t bytes) noexcept {
  const std::uintptr_t inside = value_of(begin) - value_of(memory.data());
  return inside <= memory.size() && bytes <= memory.size() - inside;
}

/// Whether all of some bytes lie in segments, and none or all of them in read-only ones.
bool is_of_one_kind(const Storage& storage, const Extent& extent) {
  const std::optional<Access> access = storage.access_of(extent.begin, extent.bytes);
  if (access != Access::read_only) return access.has_value();
  const Segment* const segment = storage.find(extent.begin, extent.bytes);
  return segment && segment->access == Access::read_only;
}

ImportedTables import_checked(const Storage& storage, std::span<const std::byte> own_tables, std::byte* origin,
                              const Layout& layout, std::ptrdiff_t itemsize) {
  ImportedTables imported{origin, layout, Access::read_write, {}};
  if (layout.is_direct() && !layout.is_empty()) {
    const std::optional<Access> access = access_of_elements(storage, layout, origin, itemsize);
    if (!access) refuse(0, 0);
    imported.access = *access;
    return imported;
  }
  bool are_own = true;
  const auto check = [&](int level, std::span<std::byte* const> starts) {
    const bool is_elements = level == layout.indirections();
    const LevelReach reach = level_reach(layout, level);
    const std::size_t item_bytes = is_elements ? static_cast<std::size_t>(itemsize) : slot_bytes;
    const std::size_t bytes = static_cast<std::size_t>(reach.last - reach.first) + item_bytes;
    const auto check_one = [&](std::size_t i, const Extent& extent) {
      const std::optional<Access> access = storage.access_of(extent.begin, extent.bytes);
      if (!access) refuse(level, i);
      if (is_elements && *access == Access::read_only) imported.access = Access::read_only;
      if (!is_elements && !lies_in(own_tables, extent.begin, extent.bytes)) are_own = false;
    };
    const auto reached_at = [&](std::byte* start) { return Extent{shifted(start, reach.first), bytes}; };
    for (std::size_t i = 0; i < starts.size();) {
      const StartRun run = run_at(starts, i, starts.size());
      // Most often all of a run lies together in memory of one kind, the gaps included.
      const std::optional<Extent> all = run.extent(reached_at(run.start));
      if (all && is_of_one_kind(storage, *all)) {
        check_one(i, *all);
        i = run.end();
      } else {
        for (; i < run.end(); ++i) check_one(i, reached_at(starts[i]));
      }
    }
  };
  const std::vector<TableLevel> levels = follow_levels(layout, origin, check);
  if (!levels.empty() && !are_own) copy_tables(levels, imported);
  return imported;
}

}  // namespace

ImportedTables import_tables(const Storage& storage, std::span<const std::byte> own_tables, std::byte* origin,
                             const Layout& layout, std::ptrdiff_t itemsize) {
  return base::or_out_of_memory([&] { return import_checked(storage, own_tables, origin, layout, itemsize); });
}

}  // namespace imgbuf::image
