#include "imgbuf/strips.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "base/out_of_memory.hpp"
#include "image/even_starts.hpp"
#include "image/reach.hpp"
#include "image/start_runs.hpp"

namespace imgbuf {

namespace {

using image::bytes_between;
using image::Extent;
using image::shifted;

/// A strip while it grows.
struct Piece {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t count = 1;
  std::byte* start = nullptr;                 ///< of the elements behind its first index
  std::optional<Layout> inner;                ///< direct layout behind one index (the cut axis has stride 0), if even
  std::optional<std::ptrdiff_t> byte_stride;  ///< from one index to the next, once there are two
  Extent extent;                              ///< all bytes of the piece, when `inner` is set
  const Segment* segment = nullptr;           ///< one that holds them
};

Extent joined(const Extent& a, const Extent& b) noexcept {
  const auto end = [](const Extent& e) { return reinterpret_cast<std::uintptr_t>(e.begin) + e.bytes; };
  std::byte* const begin = std::min(a.begin, b.begin);
  return {begin, std::max(end(a), end(b)) - reinterpret_cast<std::uintptr_t>(begin)};
}

void add_meeting(const Storage& storage, const Extent& extent, std::vector<const Segment*>& found) {
  const auto begin = reinterpret_cast<std::uintptr_t>(extent.begin);
  for (const Segment& segment : storage.segments()) {
    const auto segment_begin = reinterpret_cast<std::uintptr_t>(segment.data);
    if (segment_begin < begin + extent.bytes && begin < segment_begin + segment.bytes) found.push_back(&segment);
  }
}

/// The segments of a storage that hold some ranges, in the storage's order.
Storage holders_of(const Storage& storage, std::span<const Extent> extents) {
  std::vector<const Segment*> holders;
  for (const Extent& extent : extents) {
    std::byte* at = extent.begin;
    for (std::size_t left = extent.bytes; left != 0;) {
      const Segment* segment = storage.find(at, left);
      if (!segment) segment = storage.find(at, 1);
      if (!segment) {  // a gap between the elements: whatever lies behind it
        add_meeting(storage, {at, left}, holders);
        break;
      }
      holders.push_back(segment);
      const std::size_t inside = std::min(left, segment->bytes - static_cast<std::size_t>(at - segment->data));
      at += inside;
      left -= inside;
    }
  }
  std::sort(holders.begin(), holders.end());
  holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
  std::vector<Segment> segments;
  for (const Segment* const segment : holders) segments.push_back(*segment);
  return Storage(std::move(segments));
}

class Cutter {
 public:
  Cutter(const AnyConstView& view, const Storage& storage)
      : view_(view),
        storage_(storage),
        table_(image::read_starts(view.layout(), const_cast<std::byte*>(view.origin()), view.layout().indirections())) {
  }

  Strips cut() {
    const std::size_t starts_an_index = static_cast<std::size_t>(table_.axes[0].entries);
    const std::span<std::byte* const> starts = table_.starts;
    if (starts_an_index == 1) {
      cut_rows(starts);
    } else {
      for (std::ptrdiff_t i = 0; i < table_.axes[0].extent; ++i) {
        Piece next = piece_of(i, starts.subspan(static_cast<std::size_t>(i) * starts_an_index, starts_an_index));
        if (pieces_.empty() || !extend(pieces_.back(), next)) pieces_.push_back(std::move(next));
      }
    }
    // Indices that share one entry of the tables are one piece, whatever lies behind it.
    if (repeats()) {
      pieces_[0].count = view_.extent(table_.axes[0].axis);
      pieces_[0].byte_stride = 0;
    }
    return finish();
  }

 private:
  [[nodiscard]] bool repeats() const { return view_.layout().axis(table_.axes[0].axis).byte_stride == 0; }

  /// Cuts where there is one pointer behind an index, so that all indices look alike and only starts have to be compared.
  void cut_rows(std::span<std::byte* const> starts) {
    const std::vector<std::ptrdiff_t> zeros(table_.axes.size());
    const Layout inner = image::direct_layout(view_.layout(), table_.axes, zeros);
    const Extent of_first = image::extent_of(inner, 0, starts[0], view_.format().itemsize());
    for (std::size_t i = 0; i < starts.size();) {
      Piece piece;
      piece.first = static_cast<std::ptrdiff_t>(i);
      piece.start = starts[i];
      piece.inner = inner;
      piece.extent = {shifted(of_first.begin, bytes_between(starts[0], starts[i])), of_first.bytes};
      piece.segment = storage_.find(piece.extent.begin, piece.extent.bytes);
      if (piece.segment && i + 1 < starts.size()) extend_evenly(piece, starts.subspan(i));
      i += static_cast<std::size_t>(piece.count);
      pieces_.push_back(std::move(piece));
    }
  }

  /// Adds to a piece of one index what follows at one distance in its segment.
  /// @param starts  that of the piece and those behind it, at least one
  void extend_evenly(Piece& piece, std::span<std::byte* const> starts) const {
    image::StartRun run{0, 1, starts[0], bytes_between(starts[0], starts[1])};
    const Extent of_one = piece.extent;
    const auto extent_of = [&](std::size_t count) {
      run.count = count;
      return run.extent(of_one);
    };
    // First how far the segment goes: starts are then compared once, however many strips they become.
    std::size_t inside = 1;
    for (std::size_t outside = starts.size() + 1; outside - inside > 1;) {
      const std::size_t middle = inside + (outside - inside) / 2;
      const std::optional<Extent> all = extent_of(middle);
      (all && storage_.find(all->begin, all->bytes) ? inside : outside) = middle;
    }
    if (inside == 1) return;
    const std::size_t count = image::run_at(starts, 0, inside).count;
    piece.count = static_cast<std::ptrdiff_t>(count);
    piece.byte_stride = run.byte_stride;
    piece.extent = *extent_of(count);
    piece.segment = storage_.find(piece.extent.begin, piece.extent.bytes);
  }

  Piece piece_of(std::ptrdiff_t index, std::span<std::byte* const> starts) {
    Piece piece;
    piece.first = index;
    piece.start = starts[0];
    const std::span<const image::StartTable::TableAxis> inner_axes = std::span(table_.axes).subspan(1);
    const image::EvenStarts even = image::even_starts(inner_axes, starts);
    if (even.uneven_axis >= 0) return piece;
    std::vector<std::ptrdiff_t> strides{0};
    strides.insert(strides.end(), even.byte_strides.begin(), even.byte_strides.end());
    Layout inner = image::direct_layout(view_.layout(), table_.axes, strides);
    piece.extent = image::extent_of(inner, 0, piece.start, view_.format().itemsize());
    piece.segment = storage_.find(piece.extent.begin, piece.extent.bytes);
    // One run of pointers may lie in two segments.
    if (piece.segment) piece.inner = std::move(inner);
    return piece;
  }

  /// Whether the next index continues a piece at its distance and in its segment; if so it is part of it.
  bool extend(Piece& piece, const Piece& next) const {
    if (!piece.segment || !next.segment || !(piece.inner == next.inner)) return false;
    const std::ptrdiff_t steps = next.first - piece.first;
    const std::ptrdiff_t from_first = bytes_between(piece.start, next.start);
    if (piece.byte_stride && *piece.byte_stride * steps != from_first) return false;
    const Extent both = joined(piece.extent, next.extent);
    const Segment* const segment = storage_.find(both.begin, both.bytes);
    if (!segment) return false;
    if (!piece.byte_stride) piece.byte_stride = from_first;
    piece.extent = both;
    piece.segment = segment;
    ++piece.count;
    return true;
  }

  Strips finish() {
    std::map<const Segment*, std::ptrdiff_t> stride_of_segment;
    for (const Piece& piece : pieces_)
      if (piece.byte_stride) stride_of_segment.try_emplace(piece.segment, *piece.byte_stride);
    Strips result{table_.axes[0].axis, {}};
    std::optional<std::ptrdiff_t> last_stride;
    for (const Piece& piece : pieces_) {
      if (!piece.inner) {
        result.strips.push_back(indirect_strip(piece));
        continue;
      }
      std::optional<std::ptrdiff_t> stride = piece.byte_stride;
      if (const auto known = stride_of_segment.find(piece.segment); !stride && known != stride_of_segment.end())
        stride = known->second;
      if (!stride) stride = last_stride.value_or(static_cast<std::ptrdiff_t>(piece.extent.bytes));
      last_stride = stride;
      result.strips.push_back(direct_strip(piece, *stride));
    }
    return result;
  }

  [[nodiscard]] Strip direct_strip(const Piece& piece, std::ptrdiff_t byte_stride) const {
    std::vector<Axis> axes(piece.inner->axes().begin(), piece.inner->axes().end());
    axes[static_cast<std::size_t>(table_.axes[0].axis)] = {piece.count, byte_stride, 0};
    const Extent extents[] = {piece.extent};
    return {piece.first, piece.count, AnyConstView(piece.start, Layout(axes), view_.format()),
            holders_of(storage_, extents)};
  }

  [[nodiscard]] Strip indirect_strip(const Piece& piece) const {
    AnyConstView view = view_.window(table_.axes[0].axis, piece.first, piece.count);
    const Layout& layout = view.layout();
    std::vector<Extent> extents;
    const auto note = [&](int level, std::span<std::byte* const> starts) {
      const bool is_elements = level == layout.indirections();
      const std::ptrdiff_t item = is_elements ? view.format().itemsize() : std::ptrdiff_t{sizeof(std::byte*)};
      for (std::byte* const start : starts) extents.push_back(image::extent_of(layout, level, start, item));
    };
    image::follow_levels(layout, const_cast<std::byte*>(view.origin()), note);
    return {piece.first, piece.count, std::move(view), holders_of(storage_, extents)};
  }

  const AnyConstView& view_;
  const Storage& storage_;
  image::StartTable table_;
  std::vector<Piece> pieces_;
};

Strips cut(const AnyConstView& view, const Storage& storage) {
  const Layout& layout = view.layout();
  if (layout.is_direct()) {
    const std::ptrdiff_t count = view.rank() == 0 ? 1 : view.extent(0);
    if (count == 0) return {};
    if (view.is_empty()) return {0, {{0, count, view, {}}}};
    const Extent extents[] = {
        image::extent_of(layout, 0, const_cast<std::byte*>(view.origin()), view.format().itemsize())};
    return {0, {{0, count, view, holders_of(storage, extents)}}};
  }
  const auto outermost = [&] {
    for (int level = 0; level < layout.indirections(); ++level)
      for (int a = 0; a < layout.rank(); ++a)
        if (layout.axis(a).level == level) return a;
    return -1;
  }();
  if (layout.is_empty()) {
    const int axis = std::max(outermost, 0);
    if (view.extent(axis) == 0) return {axis, {}};
    const AnyConstView direct(view.origin(), image::empty_direct_layout(layout, view.format().itemsize()),
                              view.format());
    return {axis, {{0, view.extent(axis), direct, {}}}};
  }
  if (outermost >= 0) return Cutter(view, storage).cut();
  // Pointers without an axis: they are followed, and what they lead to is direct.
  Layout direct = layout;
  std::byte* const origin = detail::follow_leading_pointers(const_cast<std::byte*>(view.origin()), direct);
  return cut(AnyConstView(origin, std::move(direct), view.format()), storage);
}

}  // namespace

Strips strips(const AnyConstView& view, const Storage& storage) {
  return base::or_out_of_memory([&] { return cut(view, storage); });
}

Strips strips(const Array& array) {
  return strips(array.const_view(), array.storage());
}

Strips strips(const Image& image) {
  return strips(image.array());
}

}  // namespace imgbuf
