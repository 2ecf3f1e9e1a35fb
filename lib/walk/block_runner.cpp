#include "walk/block_runner.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "base/out_of_memory.hpp"

namespace imgbuf::walk {

namespace {

constexpr std::ptrdiff_t most_scratch_bytes = 64 * 1024;

/// Elements of one kernel call where there is no scratch memory: some milliseconds' work, after which a walk looks
/// whether it was cancelled.
constexpr std::ptrdiff_t most_direct_elements = std::ptrdiff_t{4} << 20;

/// Calls `f(row, column, rows, columns)` for the pieces of a part's blocks until it returns false; returns whether it never
/// did.
template <class Chunk, class F>
bool for_each_chunk(const Part& part, const Chunk& most, F&& f) {
  for (std::ptrdiff_t r = 0; r < part.row_count; r += most.rows)
    for (std::ptrdiff_t c = 0; c < part.column_count; c += most.columns)
      if (!f(r, c, std::min(most.rows, part.row_count - r), std::min(most.columns, part.column_count - c)))
        return false;
  return true;
}

}  // namespace

BlockRunner::BlockRunner(const Plan& plan, std::span<const WalkOperand> operands,
                         std::span<const PlannedOperand> planned, const Context& context)
    : plan_(plan), operands_(operands), planned_(planned), context_(context), most_elements_(most_direct_elements) {
  add_lanes();
  if (!lanes_.empty()) place_lanes();
  unit_columns_ = true;
  for (std::size_t o = 0; o < planned.size(); ++o) {
    column_byte_strides_.push_back(planned[o].column_byte_stride);
    const Lane* const lane =
        std::find_if(lanes_.begin(), lanes_.end(), [o](const Lane& candidate) { return candidate.operand == o; });
    if (lane != lanes_.end())
      column_byte_strides_[o] = lane->seen_itemsize;
    else
      unit_columns_ = unit_columns_ && planned[o].column_byte_stride == operands[o].itemsize;
  }
}

void BlockRunner::add_lanes() {
  for (std::size_t o = 0; o < planned_.size(); ++o) {
    const WalkOperand& operand = operands_[o];
    if (!operand.is_foreign && !planned_[o].is_scattered()) continue;
    Lane lane;
    lane.operand = o;
    lane.use = operand.use;
    lane.itemsize = lane.seen_itemsize = operand.itemsize;
    lane.move = move_items(operand.itemsize, operand.is_foreign && !operand.format.is_native());
    if (operand.is_foreign) {
      lane.seen_itemsize = size_of(operand.seen_as);
      lane.to_seen = conversion(operand.seen_as, operand.format.type());
      lane.from_seen = conversion(operand.format.type(), operand.seen_as);
    }
    lanes_.push_back(lane);
  }
}

void BlockRunner::place_lanes() {
  constexpr std::ptrdiff_t alignment = 64;
  std::ptrdiff_t bytes_an_element = 0, areas = 0;
  for (const Lane& lane : lanes_) {
    bytes_an_element += lane.seen_itemsize;
    ++areas;
    if (!lane.to_seen) continue;
    bytes_an_element += lane.itemsize + (lane.keeps_what_it_showed() ? lane.seen_itemsize : 0);
    areas += lane.keeps_what_it_showed() ? 2 : 1;
  }
  most_elements_ = std::max<std::ptrdiff_t>((most_scratch_bytes - areas * alignment) / bytes_an_element, 1);
  const auto place = [this](std::ptrdiff_t itemsize) {
    const std::ptrdiff_t offset = scratch_bytes_;
    scratch_bytes_ += (most_elements_ * itemsize + alignment - 1) / alignment * alignment;
    return offset;
  };
  for (Lane& lane : lanes_) {
    lane.seen_offset = lane.moved_offset = place(lane.seen_itemsize);
    if (lane.to_seen) lane.moved_offset = place(lane.itemsize);
    if (lane.keeps_what_it_showed()) lane.before_offset = place(lane.seen_itemsize);
  }
}

BlockRunner::Chunks BlockRunner::chunks_of(const Part& part) const noexcept {
  Chunks chunks;
  chunks.columns = std::min(part.column_count, most_elements_);
  // Rows only together when they are whole.
  const std::ptrdiff_t most_rows = chunks.columns < part.column_count ? 1 : most_elements_ / chunks.columns;
  chunks.rows = std::clamp<std::ptrdiff_t>(part.row_count, 1, std::max<std::ptrdiff_t>(most_rows, 1));
  return chunks;
}

void BlockRunner::run(const Part& part, FunctionRef<void(const Block&)> kernel, const std::atomic<bool>& stop) const {
  const bool has_cursors =
      lanes_.empty() &&
      (plan_.outer_loops == 0 || std::all_of(planned_.begin(), planned_.end(), [this](const PlannedOperand& operand) {
         return operand.has_cursor(plan_.outer_loops - 1);
       }));
  if (has_cursors)
    run_by_cursors(part, kernel, stop);
  else
    run_by_index(part, kernel, stop);
}

/// Where a step of the innermost outer loop is a stride, or a stride and a pointer, for every operand: what a loop over
/// rows by hand does.
void BlockRunner::run_by_cursors(const Part& part, FunctionRef<void(const Block&)> kernel,
                                 const std::atomic<bool>& stop) const {
  const std::size_t count = planned_.size(), outer_loops = plan_.outer_loops,
                    inner = std::max<std::size_t>(outer_loops, 1) - 1;
  const std::ptrdiff_t inner_extent = outer_loops == 0 ? 1 : plan_.extents[inner];
  const Chunks chunks = chunks_of(part);
  const bool is_whole = chunks.rows == part.row_count && chunks.columns == part.column_count;

  InlineVector<std::byte*, 4> pointers;
  InlineVector<std::ptrdiff_t, 4> row_byte_strides;
  InlineVector<PlannedOperand::Cursor, 4> cursors;
  for (const PlannedOperand& operand : planned_) {
    pointers.push_back(nullptr);
    row_byte_strides.push_back(operand.row_byte_stride);
    cursors.push_back({});
  }
  Block block{part.row_count,
              part.column_count,
              {pointers.data(), count},
              {row_byte_strides.data(), count},
              {column_byte_strides_.data(), count},
              unit_columns_};

  Index index = index_of(part.outer_begin);
  index[outer_loops] = part.row_begin;
  index[outer_loops + 1] = part.column_begin;
  for (std::ptrdiff_t i = part.outer_begin; i < part.outer_end;) {
    const std::ptrdiff_t from = outer_loops == 0 ? 0 : std::exchange(index[inner], 0);
    const std::ptrdiff_t to = std::min(inner_extent, from + (part.outer_end - i));
    for (std::size_t o = 0; o < count; ++o) cursors[o] = planned_[o].cursor(index.data(), inner);
    const PlannedOperand::Cursor* const cursor = cursors.data();
    std::byte** const pointer = pointers.data();
    for (std::ptrdiff_t j = outer_loops == 0 ? 0 : from; j < to; ++j) {
      if (!may_go_on(stop)) return;
      const auto here = [&](std::size_t o) { return outer_loops == 0 ? cursor[o].base : cursor[o].at(j); };
      for (std::size_t o = 0; o < count; ++o) pointer[o] = here(o);
      if (is_whole) {
        kernel(block);
        continue;
      }
      const auto run_chunk = [&](std::ptrdiff_t r, std::ptrdiff_t c, std::ptrdiff_t rows, std::ptrdiff_t columns) {
        if (!may_go_on(stop)) return false;
        for (std::size_t o = 0; o < count; ++o)
          pointer[o] = here(o) + r * row_byte_strides[o] + c * column_byte_strides_[o];
        block.rows = rows;
        block.columns = columns;
        kernel(block);
        return true;
      };
      if (!for_each_chunk(part, chunks, run_chunk)) return;
    }
    i += to - from;
    if (outer_loops == 0) break;
    index[inner] = inner_extent - 1;
    advance(index);
  }
}

/// Any operands: each block is found anew, and moved where a kernel cannot see it.
void BlockRunner::run_by_index(const Part& part, FunctionRef<void(const Block&)> kernel,
                               const std::atomic<bool>& stop) const {
  const std::size_t count = planned_.size(), row_loop = plan_.outer_loops, column_loop = row_loop + 1;
  const Chunks chunks = chunks_of(part);
  InlineVector<std::byte*, 4> pointers;
  InlineVector<std::ptrdiff_t, 4> row_byte_strides;
  InlineVector<std::size_t, 4> direct;
  for (std::size_t o = 0; o < count; ++o) {
    pointers.push_back(nullptr);
    row_byte_strides.push_back(planned_[o].row_byte_stride);
    if (!is_lane(o)) direct.push_back(o);
  }
  const auto scratch = base::or_out_of_memory([this]() -> std::unique_ptr<std::byte[]> {
    if (lanes_.empty()) return nullptr;
    return std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(scratch_bytes_));
  });
  for (const Lane& lane : lanes_) {
    pointers[lane.operand] = scratch.get() + lane.seen_offset;
    row_byte_strides[lane.operand] = chunks.columns * lane.seen_itemsize;
  }
  // In scratch memory, rows follow each other; where they do so everywhere, the kernel need not be called for each.
  bool is_one_row = chunks.rows > 1;
  for (std::size_t o = 0; o < count; ++o)
    is_one_row = is_one_row && row_byte_strides[o] == chunks.columns * column_byte_strides_[o];
  Block block{0,
              0,
              {pointers.data(), count},
              {row_byte_strides.data(), count},
              {column_byte_strides_.data(), count},
              unit_columns_};

  Index index = index_of(part.outer_begin);
  for (std::ptrdiff_t i = part.outer_begin; i < part.outer_end; ++i) {
    const auto run_chunk = [&](std::ptrdiff_t r, std::ptrdiff_t c, std::ptrdiff_t rows, std::ptrdiff_t columns) {
      if (!may_go_on(stop)) return false;
      index[row_loop] = part.row_begin + r;
      index[column_loop] = part.column_begin + c;
      for (const std::size_t o : direct) pointers[o] = planned_[o].address(index.data());
      for (const Lane& lane : lanes_)
        if (lane.use != Use::write) gather(lane, index, rows, columns, scratch.get());
      block.rows = is_one_row ? 1 : rows;
      block.columns = is_one_row ? rows * columns : columns;
      kernel(block);
      for (const Lane& lane : lanes_)
        if (lane.use != Use::read) scatter(lane, index, rows, columns, scratch.get());
      return true;
    };
    if (!for_each_chunk(part, chunks, run_chunk)) return;
    advance(index);
  }
}

/// Calls `f(address, byte_stride, count, position)` for the stretches of a block in memory; position counts the block's
/// elements before the stretch.
template <class F>
void BlockRunner::for_each_stretch(const Lane& lane, Index& index, std::ptrdiff_t rows, std::ptrdiff_t columns,
                                   F&& f) const {
  const PlannedOperand& operand = planned_[lane.operand];
  const std::size_t row_loop = plan_.outer_loops, column_loop = row_loop + 1;
  const std::ptrdiff_t first_row = index[row_loop], first_column = index[column_loop];
  for (std::ptrdiff_t r = 0; r < rows; ++r) {
    index[row_loop] = first_row + r;
    if (!operand.has_indirect_columns) {
      f(operand.address(index.data()), operand.column_byte_stride, columns, r * columns);
      continue;
    }
    for (std::ptrdiff_t c = 0; c < columns; ++c) {
      index[column_loop] = first_column + c;
      f(operand.address(index.data()), lane.itemsize, std::ptrdiff_t{1}, r * columns + c);
    }
    index[column_loop] = first_column;
  }
  index[row_loop] = first_row;
}

void BlockRunner::gather(const Lane& lane, Index& index, std::ptrdiff_t rows, std::ptrdiff_t columns,
                         std::byte* scratch) const {
  std::byte* const moved = scratch + lane.moved_offset;
  for_each_stretch(
      lane, index, rows, columns,
      [&](const std::byte* address, std::ptrdiff_t byte_stride, std::ptrdiff_t count, std::ptrdiff_t position) {
        lane.move(moved + position * lane.itemsize, lane.itemsize, address, byte_stride, count, lane.itemsize);
      });
  std::byte* const seen = scratch + lane.seen_offset;
  if (lane.to_seen) lane.to_seen(seen, moved, rows * columns);
  if (lane.keeps_what_it_showed())
    std::memcpy(scratch + lane.before_offset, seen, static_cast<std::size_t>(rows * columns * lane.seen_itemsize));
  context_.count_scratch_bytes(rows * columns * lane.itemsize);
}

/// Converts what the kernel has changed. The other elements are still there as they were, which may be more than the
/// seen type can say.
void BlockRunner::convert_changes(const Lane& lane, std::ptrdiff_t count, std::byte* scratch) const {
  const std::byte* const seen = scratch + lane.seen_offset;
  const std::byte* const before = scratch + lane.before_offset;
  const auto is_changed = [&](std::ptrdiff_t i) {
    return std::memcmp(seen + i * lane.seen_itemsize, before + i * lane.seen_itemsize,
                       static_cast<std::size_t>(lane.seen_itemsize)) != 0;
  };
  for (std::ptrdiff_t i = 0; i < count;) {
    std::ptrdiff_t end = i;
    while (end < count && is_changed(end)) ++end;
    if (end > i)
      lane.from_seen(scratch + lane.moved_offset + i * lane.itemsize, seen + i * lane.seen_itemsize, end - i);
    i = end + 1;
  }
}

void BlockRunner::scatter(const Lane& lane, Index& index, std::ptrdiff_t rows, std::ptrdiff_t columns,
                          std::byte* scratch) const {
  std::byte* const moved = scratch + lane.moved_offset;
  if (lane.keeps_what_it_showed())
    convert_changes(lane, rows * columns, scratch);
  else if (lane.from_seen)
    lane.from_seen(moved, scratch + lane.seen_offset, rows * columns);
  for_each_stretch(lane, index, rows, columns,
                   [&](std::byte* address, std::ptrdiff_t byte_stride, std::ptrdiff_t count, std::ptrdiff_t position) {
                     lane.move(address, byte_stride, moved + position * lane.itemsize, lane.itemsize, count,
                               lane.itemsize);
                   });
  context_.count_scratch_bytes(rows * columns * lane.itemsize);
}

bool BlockRunner::is_lane(std::size_t operand) const noexcept {
  return std::any_of(lanes_.begin(), lanes_.end(), [operand](const Lane& lane) { return lane.operand == operand; });
}

BlockRunner::Index BlockRunner::index_of(std::ptrdiff_t outer) const {
  Index index = plan_.extents;
  for (std::size_t l = plan_.outer_loops; l-- > 0;) {
    const std::ptrdiff_t extent = plan_.extents[l];
    index[l] = outer % extent;
    outer /= extent;
  }
  return index;
}

void BlockRunner::advance(Index& index) const noexcept {
  for (std::size_t l = plan_.outer_loops; l-- > 0;) {
    if (++index[l] < plan_.extents[l]) return;
    index[l] = 0;
  }
}

}  // namespace imgbuf::walk
