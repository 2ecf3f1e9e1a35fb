#include "image/rewire_plan.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "image/reach.hpp"
#include "image/start_runs.hpp"
#include "layout/checked.hpp"

namespace imgbuf::image {

namespace {

using memory::SharedFile;

/// Entries of the pointer tables whose elements are evenly spaced in one piece of shared memory.
struct Stretch {
  std::size_t first = 0;  ///< entry, in C order of the table
  std::size_t count = 1;
  std::ptrdiff_t byte_stride = 0;  ///< from one to the next
  const SharedFile* file = nullptr;
  std::ptrdiff_t offset_bytes = 0;  ///< of the lowest byte of the first in the file

  [[nodiscard]] std::size_t end() const noexcept { return first + count; }
  [[nodiscard]] std::ptrdiff_t offset_of(std::size_t entry) const noexcept {
    return offset_bytes + static_cast<std::ptrdiff_t>(entry - first) * byte_stride;
  }
};

/// Entries that keep their distances in the range of addresses.
struct Block {
  std::size_t entry = 0;            ///< the lowest of them
  std::ptrdiff_t at = 0;            ///< where it has to appear, relative to the first entry
  std::ptrdiff_t span_bytes = 0;    ///< from the lowest to where the highest begins
  std::ptrdiff_t offset_bytes = 0;  ///< of the lowest in its file
  const SharedFile* file = nullptr;
};

/// Distances, and between how many neighbours each is.
class DistanceCounts {
 public:
  void add(std::ptrdiff_t distance, std::size_t neighbours) { counts_[distance] += neighbours; }

  /// The most frequent, of several the least.
  [[nodiscard]] std::optional<std::ptrdiff_t> usual() const {
    const auto most = std::max_element(counts_.begin(), counts_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == counts_.end()) return std::nullopt;
    return most->first;
  }

 private:
  std::map<std::ptrdiff_t, std::size_t> counts_;
};

class Planner {
 public:
  Planner(const Layout& layout, const StartTable& table, std::ptrdiff_t itemsize)
      : layout_(layout),
        table_(table),
        reach_(level_reach(layout, layout.indirections())),
        entry_bytes_(reach_.last - reach_.first + itemsize) {
    for (std::size_t a = table.axes.size(); a-- > 0 && line_ == 1;) {
      inner_axis_ = a;
      line_ = static_cast<std::size_t>(table.axes[a].extent);
    }
  }

  RewirePlan plan() {
    RewirePlan plan;
    plan.reason = find_stretches();
    if (!plan.reason.empty()) return plan;
    // What rows do most is the pitch, if there is one; pieces of a row each leave the pitch open.
    for (const std::size_t open_axes : {std::size_t{0}, table_.axes.size() - 1, table_.axes.size()}) {
      RewirePlan attempt;
      attempt.reason = choose_strides(attempt, open_axes);
      if (attempt.reason.empty()) attempt.reason = place(attempt);
      if (attempt.reason.empty()) return attempt;
      if (plan.reason.empty()) plan = std::move(attempt);
      if (table_.axes.empty()) break;
    }
    return plan;
  }

 private:
  /// "index 3 of axis 0", with all table axes.
  [[nodiscard]] std::string name_of(std::size_t entry) const {
    std::string name;
    for (const auto& [axis, extent, entries] : table_.axes)
      name += (name.empty() ? "index " : ", index ") +
              std::to_string(static_cast<std::ptrdiff_t>(entry) / entries % extent) + " of axis " +
              std::to_string(axis);
    return name.empty() ? "the only pointer" : name;
  }

  /// How many of `count` entries from one that lies in a piece lie there too.
  [[nodiscard]] std::size_t count_inside(const memory::MappedPiece& piece, const std::byte* begin,
                                         std::ptrdiff_t stride, std::size_t count) const noexcept {
    if (stride == 0) return count;
    const std::ptrdiff_t before = bytes_between(piece.data, begin);
    const std::ptrdiff_t room = stride < 0 ? before : static_cast<std::ptrdiff_t>(piece.bytes) - before - entry_bytes_;
    return std::min(count, static_cast<std::size_t>(room / (stride < 0 ? -stride : stride)) + 1);
  }

  std::string find_stretches() {
    std::optional<memory::MappedPiece> piece;
    const auto bytes = static_cast<std::size_t>(entry_bytes_);
    for (std::size_t first = 0; first < table_.starts.size();) {
      const StartRun run = run_at(table_.starts, first, first / line_ * line_ + line_);
      first = run.end();
      for (std::size_t i = 0; i < run.count;) {
        const std::byte* const begin = shifted(run.at(i), reach_.first);
        if (!piece || !piece->holds(begin, bytes)) {
          piece = memory::find_piece(begin);
          if (!piece) return name_of(run.first + i) + " does not lie in shared memory";
          if (!piece->holds(begin, bytes)) return name_of(run.first + i) + " lies in several pieces of shared memory";
          if (std::none_of(files_.begin(), files_.end(), [&](const auto& file) { return file == piece->place.file; }))
            files_.push_back(piece->place.file);
        }
        const std::size_t count = count_inside(*piece, begin, run.byte_stride, run.count - i);
        stretches_.push_back(
            {run.first + i, count, run.byte_stride, piece->place.file.get(),
             static_cast<std::ptrdiff_t>(piece->place.offset_bytes) + bytes_between(piece->data, begin)});
        i += count;
      }
    }
    return {};
  }

  /// The place of the stretch that an entry belongs to.
  [[nodiscard]] std::size_t stretch_of(std::size_t entry) const {
    const auto after = std::upper_bound(stretches_.begin(), stretches_.end(), entry,
                                        [](std::size_t e, const Stretch& stretch) { return e < stretch.first; });
    return static_cast<std::size_t>(after - stretches_.begin()) - 1;
  }

  [[nodiscard]] std::ptrdiff_t offset_of(std::size_t entry) const {
    return stretches_[stretch_of(entry)].offset_of(entry);
  }

  /// Distances of neighbours along the axis in which stretches lie.
  [[nodiscard]] DistanceCounts inner_distances() const {
    DistanceCounts counts;
    for (std::size_t s = 0; s < stretches_.size(); ++s) {
      const Stretch& stretch = stretches_[s];
      if (stretch.count > 1) counts.add(stretch.byte_stride, stretch.count - 1);
      if (s + 1 == stretches_.size() || stretch.end() % line_ == 0 || stretches_[s + 1].file != stretch.file) continue;
      counts.add(stretches_[s + 1].offset_bytes - stretch.offset_of(stretch.end() - 1), 1);
    }
    return counts;
  }

  /// Distances of entries that are `apart` entries from one another, of two lines.
  void count_between_lines(std::size_t line_begin, std::size_t apart, DistanceCounts& counts) const {
    std::size_t before = stretch_of(line_begin - apart);
    std::size_t after = stretch_of(line_begin);
    for (std::size_t entry = line_begin; entry < line_begin + line_;) {
      const Stretch& a = stretches_[before];
      const Stretch& b = stretches_[after];
      const std::size_t end = std::min(a.end() + apart, b.end());
      if (a.file == b.file && a.byte_stride == b.byte_stride)
        counts.add(b.offset_of(entry) - a.offset_of(entry - apart), end - entry);
      else if (a.file == b.file)
        for (std::size_t e = entry; e < end; ++e) counts.add(b.offset_of(e) - a.offset_of(e - apart), 1);
      entry = end;
      if (a.end() + apart == end) ++before;
      if (b.end() == end) ++after;
    }
  }

  /// The distance in a file that most neighbours along an axis have, or nothing when no two are in the same file.
  [[nodiscard]] std::optional<std::ptrdiff_t> usual_distance(std::size_t a) const {
    if (a == inner_axis_) return inner_distances().usual();
    const auto apart = static_cast<std::size_t>(table_.axes[a].entries);
    const std::size_t all = apart * static_cast<std::size_t>(table_.axes[a].extent);
    DistanceCounts counts;
    for (std::size_t outer = 0; outer < table_.starts.size(); outer += all)
      for (std::size_t begin = outer + apart; begin < outer + all; begin += line_)
        count_between_lines(begin, apart, counts);
    return counts.usual();
  }

  /// @param open_axes  so many outer axes get the least stride that leaves neighbours apart and where their pages want
  ///                   them, instead of the usual distance
  std::string choose_strides(RewirePlan& plan, std::size_t open_axes) const {
    const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
    std::vector<std::ptrdiff_t>& strides = plan.byte_strides;
    strides.resize(table_.axes.size());
    std::ptrdiff_t span = entry_bytes_;
    for (std::size_t a = table_.axes.size(); a-- > 0;) {
      const StartTable::TableAxis& axis = table_.axes[a];
      strides[a] = span;
      if (layout_.axis(axis.axis).byte_stride == 0) strides[a] = 0;  // repeated pointers stay repeated elements
      if (axis.extent == 1) continue;
      const std::optional<std::ptrdiff_t> usual = a < open_axes ? std::nullopt : usual_distance(a);
      if (usual) {
        strides[a] = *usual;
      } else {
        const std::ptrdiff_t wanted =
            offset_of(static_cast<std::size_t>(axis.entries)) - stretches_.front().offset_bytes;
        strides[a] += ((wanted - span) % page + page) % page;
      }
      std::ptrdiff_t reach = 0;
      if (!detail::multiply(std::max(strides[a], -strides[a]), axis.extent - 1, reach) ||
          !detail::add(span, reach, span) || span > std::numeric_limits<std::ptrdiff_t>::max() / 4)
        return "one array of it would not fit the address space";
    }
    return {};
  }

  /// Where an entry has to appear, relative to the first.
  [[nodiscard]] std::ptrdiff_t place_of(std::size_t entry, const std::vector<std::ptrdiff_t>& strides) const {
    std::ptrdiff_t at = 0;
    for (std::size_t a = 0; a < strides.size(); ++a)
      at += static_cast<std::ptrdiff_t>(entry) / table_.axes[a].entries % table_.axes[a].extent * strides[a];
    return at;
  }

  /// The entries in ascending order of their places.
  /// @param each_alone  also those that keep their distances
  [[nodiscard]] std::vector<Block> blocks_of(const std::vector<std::ptrdiff_t>& strides, bool each_alone) const {
    std::vector<Block> blocks;
    for (const Stretch& stretch : stretches_) {
      if (!each_alone && (stretch.count == 1 || stretch.byte_stride == strides[inner_axis_])) {
        const std::size_t lowest = stretch.byte_stride < 0 ? stretch.end() - 1 : stretch.first;
        const std::ptrdiff_t span = static_cast<std::ptrdiff_t>(stretch.count - 1) * stretch.byte_stride;
        blocks.push_back(
            {lowest, place_of(lowest, strides), std::max(span, -span), stretch.offset_of(lowest), stretch.file});
      } else {
        for (std::size_t entry = stretch.first; entry < stretch.end(); ++entry)
          blocks.push_back({entry, place_of(entry, strides), 0, stretch.offset_of(entry), stretch.file});
      }
    }
    const auto lower = [](const Block& a, const Block& b) { return a.at < b.at; };
    if (!std::is_sorted(blocks.begin(), blocks.end(), lower)) std::stable_sort(blocks.begin(), blocks.end(), lower);
    return blocks;
  }

  /// Fills in the pieces for the plan's strides, or returns the reason why pages do not allow them.
  std::string place(RewirePlan& plan) const {
    // Blocks that cross one another only fit together entry by entry, if at all.
    if (place(plan, blocks_of(plan.byte_strides, false)).empty()) return {};
    return place(plan, blocks_of(plan.byte_strides, true));
  }

  std::string place(RewirePlan& plan, const std::vector<Block>& blocks) const {
    const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
    // The range begins with the page of the lowest entry.
    const std::ptrdiff_t range_at = blocks[0].offset_bytes % page - blocks[0].at;
    plan.first_at_bytes = range_at;
    plan.pieces.clear();

    std::ptrdiff_t piece_end = 0;    // of the elements so far, not of their pages
    std::ptrdiff_t piece_shift = 0;  // from an address in the range to its offset in the piece's file
    const SharedFile* file = nullptr;
    for (const Block& block : blocks) {
      const std::ptrdiff_t begin = block.at + range_at;
      const std::ptrdiff_t shift = block.offset_bytes - begin;
      if (block.file != file || shift != piece_shift) {
        if (shift % page != 0)
          return name_of(block.entry) + " lies elsewhere in its page (" + std::to_string(page) +
                 " bytes) than a constant distance needs";
        const std::ptrdiff_t first_page = begin / page * page;
        if (first_page < piece_end)
          return name_of(block.entry) + " needs a page (" + std::to_string(page) +
                 " bytes) that what comes before it fills in part: the bytes of a strip are no multiple of it";
        finish(plan, piece_end);
        const auto owner = std::find_if(files_.begin(), files_.end(),
                                        [&](const auto& candidate) { return candidate.get() == block.file; });
        plan.pieces.push_back(
            {static_cast<std::size_t>(first_page), 0, {*owner, static_cast<std::size_t>(first_page + shift)}});
        file = block.file;
        piece_shift = shift;
      }
      piece_end = std::max(piece_end, begin + block.span_bytes + entry_bytes_);
    }
    finish(plan, piece_end);
    plan.bytes = plan.pieces.back().at_bytes + plan.pieces.back().bytes;
    return {};
  }

  /// Extends the last piece to the page in which its elements end.
  static void finish(RewirePlan& plan, std::ptrdiff_t piece_end) {
    if (plan.pieces.empty()) return;
    memory::PlacedPiece& piece = plan.pieces.back();
    piece.bytes = memory::round_up(static_cast<std::size_t>(piece_end), memory::page_bytes()) - piece.at_bytes;
  }

  const Layout& layout_;
  const StartTable& table_;
  LevelReach reach_;
  std::ptrdiff_t entry_bytes_;
  std::size_t inner_axis_ = 0;                            ///< the innermost table axis of more than one index
  std::size_t line_ = 1;                                  ///< its extent: entries that may be one stretch
  std::vector<Stretch> stretches_;                        ///< ascending
  std::vector<std::shared_ptr<const SharedFile>> files_;  ///< of all entries, each once
};

}  // namespace

RewirePlan plan_rewire(const Layout& layout, const StartTable& table, std::ptrdiff_t itemsize) {
  return Planner(layout, table, itemsize).plan();
}

}  // namespace imgbuf::image
