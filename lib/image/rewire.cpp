#include "imgbuf/rewire.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <vector>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/even_starts.hpp"
#include "layout/checked.hpp"
#include "memory/side_by_side.hpp"

namespace imgbuf {

namespace {

using image::StartTable;

/// The elements behind one entry of the pointer tables, as they lie in shared memory.
struct Entry {
  const memory::SharedFile* file = nullptr;
  std::ptrdiff_t offset_bytes = 0;  ///< of their lowest byte in the file
};

/// How an image becomes one array, or the reason why not.
struct Plan {
  std::string reason;
  std::vector<std::ptrdiff_t> byte_strides;  ///< of the table axes
  std::vector<memory::PlacedPiece> pieces;
  std::size_t bytes = 0;              ///< of the range of addresses
  std::ptrdiff_t first_at_bytes = 0;  ///< where in the range the lowest byte of the first entry's elements appears
};

class Planner {
 public:
  Planner(const Layout& layout, const StartTable& table, std::ptrdiff_t itemsize)
      : layout_(layout),
        table_(table),
        reach_(image::level_reach(layout, layout.indirections())),
        entry_bytes_(reach_.last - reach_.first + itemsize) {}

  Plan plan() {
    Plan plan;
    plan.reason = find_entries();
    if (!plan.reason.empty()) return plan;
    // What rows do most is the pitch, if there is one; pieces of a row each leave the pitch open.
    for (const std::size_t open_axes : {std::size_t{0}, table_.axes.size() - 1, table_.axes.size()}) {
      Plan attempt;
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

  std::string find_entries() {
    std::optional<memory::MappedPiece> piece;
    entries_.reserve(table_.starts.size());
    for (std::byte* const start : table_.starts) {
      const std::byte* const begin = image::shifted(start, reach_.first);
      const auto bytes = static_cast<std::size_t>(entry_bytes_);
      if (!piece || !piece->holds(begin, bytes)) {
        piece = memory::find_piece(begin);
        if (!piece) return name_of(entries_.size()) + " does not lie in shared memory";
        if (!piece->holds(begin, bytes)) return name_of(entries_.size()) + " lies in several pieces of shared memory";
        if (std::none_of(files_.begin(), files_.end(), [&](const auto& file) { return file == piece->place.file; }))
          files_.push_back(piece->place.file);
      }
      entries_.push_back(
          {piece->place.file.get(), static_cast<std::ptrdiff_t>(piece->place.offset_bytes) + (begin - piece->data)});
    }
    return {};
  }

  /// The distance in a file that most neighbours along an axis have, or nothing when no two are in the same file.
  [[nodiscard]] std::optional<std::ptrdiff_t> usual_distance(const StartTable::TableAxis& axis) const {
    std::map<std::ptrdiff_t, std::size_t> counts;
    for (auto i = static_cast<std::size_t>(axis.entries); i < entries_.size(); ++i) {
      const Entry& before = entries_[i - static_cast<std::size_t>(axis.entries)];
      if (static_cast<std::ptrdiff_t>(i) / axis.entries % axis.extent == 0 || before.file != entries_[i].file) continue;
      ++counts[entries_[i].offset_bytes - before.offset_bytes];
    }
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == counts.end()) return std::nullopt;
    return most->first;
  }

  /// @param open_axes  so many outer axes get the least stride that leaves neighbours apart and where their pages want
  ///                   them, instead of the usual distance
  std::string choose_strides(Plan& plan, std::size_t open_axes) const {
    const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
    std::vector<std::ptrdiff_t>& strides = plan.byte_strides;
    strides.resize(table_.axes.size());
    std::ptrdiff_t span = entry_bytes_;
    for (std::size_t a = table_.axes.size(); a-- > 0;) {
      const StartTable::TableAxis& axis = table_.axes[a];
      strides[a] = span;
      if (layout_.axis(axis.axis).byte_stride == 0) strides[a] = 0;  // repeated pointers stay repeated elements
      if (axis.extent == 1) continue;
      const std::optional<std::ptrdiff_t> usual = a < open_axes ? std::nullopt : usual_distance(axis);
      if (usual) {
        strides[a] = *usual;
      } else {
        const std::ptrdiff_t wanted =
            entries_[static_cast<std::size_t>(axis.entries)].offset_bytes - entries_[0].offset_bytes;
        strides[a] += ((wanted - span) % page + page) % page;
      }
      std::ptrdiff_t reach = 0;
      if (!detail::multiply(std::max(strides[a], -strides[a]), axis.extent - 1, reach) ||
          !detail::add(span, reach, span) || span > std::numeric_limits<std::ptrdiff_t>::max() / 4)
        return "one array of it would not fit the address space";
    }
    return {};
  }

  /// Where each entry has to appear, relative to the first.
  [[nodiscard]] std::vector<std::ptrdiff_t> places(const std::vector<std::ptrdiff_t>& strides) const {
    std::vector<std::ptrdiff_t> at(entries_.size(), 0);
    for (std::size_t a = 0; a < strides.size(); ++a)
      for (std::size_t i = 0; i < at.size(); ++i)
        at[i] += static_cast<std::ptrdiff_t>(i) / table_.axes[a].entries % table_.axes[a].extent * strides[a];
    return at;
  }

  /// Fills in the pieces for the plan's strides, or returns the reason why pages do not allow them.
  std::string place(Plan& plan) const {
    const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
    const std::vector<std::ptrdiff_t> at = places(plan.byte_strides);
    std::vector<std::size_t> order(at.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto lower = [&at](std::size_t a, std::size_t b) { return at[a] < at[b]; };
    if (!std::is_sorted(order.begin(), order.end(), lower)) std::stable_sort(order.begin(), order.end(), lower);
    // The range begins with the page of the lowest entry.
    const std::ptrdiff_t range_at = entries_[order[0]].offset_bytes % page - at[order[0]];
    plan.first_at_bytes = range_at;

    std::ptrdiff_t piece_end = 0;    // of the elements so far, not of their pages
    std::ptrdiff_t piece_shift = 0;  // from an address in the range to its offset in the piece's file
    const memory::SharedFile* file = nullptr;
    for (const std::size_t i : order) {
      const std::ptrdiff_t begin = at[i] + range_at;
      const std::ptrdiff_t shift = entries_[i].offset_bytes - begin;
      if (entries_[i].file != file || shift != piece_shift) {
        if (shift % page != 0)
          return name_of(i) + " lies elsewhere in its page (" + std::to_string(page) +
                 " bytes) than a constant distance needs";
        const std::ptrdiff_t first_page = begin / page * page;
        if (first_page < piece_end)
          return name_of(i) + " needs a page (" + std::to_string(page) +
                 " bytes) that what comes before it fills in part: the bytes of a strip are no multiple of it";
        finish(plan, piece_end);
        const auto owner = std::find_if(files_.begin(), files_.end(),
                                        [&](const auto& candidate) { return candidate.get() == entries_[i].file; });
        plan.pieces.push_back(
            {static_cast<std::size_t>(first_page), 0, {*owner, static_cast<std::size_t>(first_page + shift)}});
        file = entries_[i].file;
        piece_shift = shift;
      }
      piece_end = std::max(piece_end, begin + entry_bytes_);
    }
    finish(plan, piece_end);
    plan.bytes = plan.pieces.back().at_bytes + plan.pieces.back().bytes;
    return {};
  }

  /// Extends the last piece to the page in which its elements end.
  static void finish(Plan& plan, std::ptrdiff_t piece_end) {
    if (plan.pieces.empty()) return;
    memory::PlacedPiece& piece = plan.pieces.back();
    piece.bytes = memory::round_up(static_cast<std::size_t>(piece_end), memory::page_bytes()) - piece.at_bytes;
  }

  const Layout& layout_;
  const StartTable& table_;
  image::LevelReach reach_;
  std::ptrdiff_t entry_bytes_;
  std::vector<Entry> entries_;                                    ///< as many as starts
  std::vector<std::shared_ptr<const memory::SharedFile>> files_;  ///< of all entries, each once
};

/// The array of a direct view over a storage.
Array with_direct_view(const Array& array, Storage storage, std::byte* origin, Layout layout) {
  image::ArrayParts parts = image::ArrayParts::of(array);
  parts.view = AnyView(origin, std::move(layout), parts.view.format());
  parts.storage = std::move(storage);
  parts.own_tables = {};
  return std::move(parts).made();
}

/// One segment for each stretch of pieces that touch: what lies between them is no memory of the image.
std::vector<Segment> segments_of(const std::vector<memory::PlacedPiece>& pieces, Access access,
                                 const std::shared_ptr<std::byte>& base) {
  std::vector<Segment> segments;
  for (const memory::PlacedPiece& piece : pieces) {
    std::byte* const at = base.get() + piece.at_bytes;
    if (!segments.empty() && segments.back().data + segments.back().bytes == at)
      segments.back().bytes += piece.bytes;
    else
      segments.push_back({at, piece.bytes, access, base});
  }
  return segments;
}

RewiredArray rewired(const Array& array, bool is_dry_run) {
  const AnyConstView view = array.const_view();
  const Layout& layout = view.layout();
  const std::ptrdiff_t itemsize = view.format().itemsize();
  const auto answer = [&](Array result, std::size_t mapped_bytes) -> RewiredArray {
    Layout direct = result.layout();
    if (is_dry_run) return {{}, {}, std::move(direct), mapped_bytes};
    return {std::move(result), {}, std::move(direct), mapped_bytes};
  };
  auto* const origin = const_cast<std::byte*>(view.origin());
  if (layout.is_direct()) return answer(array, 0);
  if (layout.is_empty())
    return answer(with_direct_view(array, array.storage(), origin, image::empty_direct_layout(layout, itemsize)), 0);

  const StartTable table = image::read_starts(layout, origin, layout.indirections());
  if (const image::EvenStarts even = image::even_starts(table.axes, table.starts); even.uneven_axis < 0) {
    // Segments of one mapping that lie in order already.
    Layout in_place = image::direct_layout(layout, table.axes, even.byte_strides);
    const image::Extent extent = image::extent_of(in_place, 0, table.starts[0], itemsize);
    if (memory::find_shared(extent.begin, extent.bytes) && array.storage().holds(extent.begin, extent.bytes))
      return answer(with_direct_view(array, array.storage(), table.starts[0], std::move(in_place)), 0);
  }

  const Plan plan = Planner(layout, table, itemsize).plan();
  if (!plan.reason.empty()) return {{}, plan.reason};
  if (std::string reason = memory::reason_not_to_map(plan.pieces); !reason.empty()) return {{}, std::move(reason)};
  std::size_t mapped_bytes = 0;
  for (const memory::PlacedPiece& piece : plan.pieces) mapped_bytes += piece.bytes;
  Layout direct = image::direct_layout(layout, table.axes, plan.byte_strides);
  if (is_dry_run) return {{}, {}, std::move(direct), mapped_bytes};
  const Access access = array.is_read_only() ? Access::read_only : Access::read_write;
  memory::SideBySide range = memory::map_side_by_side(plan.bytes, plan.pieces, access, array.storage());
  if (!range.base) return {{}, std::move(range.reason)};
  std::byte* const base = range.base.get();
  Storage storage(segments_of(plan.pieces, access, range.base));
  const image::LevelReach reach = image::level_reach(layout, layout.indirections());
  return answer(
      with_direct_view(array, std::move(storage), base + plan.first_at_bytes - reach.first, std::move(direct)),
      mapped_bytes);
}

Rewiring of_image(const Image& image, RewiredArray result) {
  if (!result.array) return {{}, std::move(result.reason), result.mapped_bytes};
  return {Image::over(*std::move(result.array), image.info()), {}, result.mapped_bytes};
}

}  // namespace

RewiredArray rewire(const Array& array) {
  return base::or_out_of_memory([&] { return rewired(array, false); });
}

RewiredArray explain_rewire(const Array& array) {
  return base::or_out_of_memory([&] { return rewired(array, true); });
}

Rewiring rewire(const Image& image) {
  return of_image(image, rewire(image.array()));
}

Rewiring explain_rewire(const Image& image) {
  return of_image(image, explain_rewire(image.array()));
}

}  // namespace imgbuf
