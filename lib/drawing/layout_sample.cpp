#include "drawing/layout_sample.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "imgbuf/layout.hpp"

namespace imgbuf::drawing {

namespace {

constexpr std::ptrdiff_t most_channels = 4;
/// Elements farther apart than this are lines of their own.
constexpr std::ptrdiff_t far_bytes = 64;
constexpr std::ptrdiff_t most_columns = 24;

/// @param most  up to this many are all picked; of more, the `first` ones and the `last`, which are no more than `most`
PickedIndices pick(std::ptrdiff_t extent, std::ptrdiff_t most, std::ptrdiff_t first, std::ptrdiff_t last) {
  PickedIndices picked{{}, extent};
  const bool is_all = extent <= most;
  for (std::ptrdiff_t i = 0; i < (is_all ? extent : first); ++i) picked.indices.push_back(i);
  for (std::ptrdiff_t i = extent - last; !is_all && i < extent; ++i) picked.indices.push_back(i);
  return picked;
}

/// Decides which axes are drawn how, and which indices of them.
class Chooser {
 public:
  Chooser(const LayoutReport& report, std::ptrdiff_t most_bytes, LayoutSample& sample)
      : layout_(report.layout), walk_(report.walk_order), itemsize_(report.format.itemsize()), sample_(sample) {
    choose_index_space();
    choose_lines();
    pick_indices(most_bytes);
  }

 private:
  void choose_index_space() {
    const int rank = layout_.rank();
    const bool has_channels = rank >= 3 && layout_.extent(rank - 1) <= most_channels;
    if (has_channels)
      sample_.cell_axis = rank - 1;
    else if (rank == 3 && layout_.extent(0) <= most_channels)
      sample_.cell_axis = 0;
    sample_.column_axis = rank - (has_channels ? 2 : 1);
    sample_.row_axis = rank >= 2 ? sample_.column_axis - 1 : -1;
  }

  void choose_lines() {
    std::vector<int> last;  // axes that step through memory on the last level
    for (const int axis : walk_)
      if (layout_.axis(axis).level == layout_.indirections() && layout_.axis(axis).byte_stride != 0)
        last.push_back(axis);
    const auto is_near = [&](int axis) {
      return std::abs(layout_.axis(axis).byte_stride) <= std::max(far_bytes, itemsize_);
    };
    if (last.empty() || !is_near(last.back())) {
      sample_.line_axes = last;
      return;
    }
    const int innermost = last.back();
    last.pop_back();
    // Channels that lie together are one pixel, and pixels are along the line with them.
    const bool is_pixel = innermost == sample_.cell_axis && walk_.size() >= 3;
    if (is_pixel && !last.empty() && is_near(last.back())) {
      sample_.inner_axes.push_back(last.back());
      last.pop_back();
    }
    sample_.inner_axes.push_back(innermost);
    sample_.line_axes = last;
  }

  [[nodiscard]] bool is_inner(int axis) const {
    return std::find(sample_.inner_axes.begin(), sample_.inner_axes.end(), axis) != sample_.inner_axes.end();
  }

  void pick_indices(std::ptrdiff_t most_bytes) {
    for (const Axis& axis : layout_.axes()) sample_.picks.push_back(pick(axis.extent, 6, 3, 1));
    std::vector<int> outer;  // axes from line to line, outermost first, through tables or not
    for (const int axis : walk_)
      if (layout_.axis(axis).byte_stride != 0 && !is_inner(axis)) outer.push_back(axis);
    for (std::size_t i = 0; i < outer.size(); ++i) {
      const std::size_t from_inside = outer.size() - 1 - i;
      PickedIndices& picked = sample_.picks[static_cast<std::size_t>(outer[i])];
      if (outer.size() == 1)
        picked = pick(picked.extent, 8, 4, 2);
      else if (outer.size() == 2)
        picked = pick(picked.extent, 4, 2, 1);
      else if (from_inside < 2)
        picked = from_inside == 0 ? pick(picked.extent, 3, 2, 1) : pick(picked.extent, 2, 1, 1);
      else
        picked = pick(picked.extent, 1, 1, 0);
    }
    if (sample_.inner_axes.empty()) return;
    const int along = sample_.inner_axes.front();
    const std::ptrdiff_t step = std::abs(layout_.axis(along).byte_stride);
    const std::ptrdiff_t fit = std::clamp<std::ptrdiff_t>(most_bytes / step, 4, most_columns);
    PickedIndices& picked = sample_.picks[static_cast<std::size_t>(along)];
    picked = pick(picked.extent, fit, std::clamp<std::ptrdiff_t>(fit - 2, 2, 8), 2);
  }

  const Layout& layout_;
  const std::vector<int>& walk_;
  std::ptrdiff_t itemsize_;
  LayoutSample& sample_;
};

/// Follows the pointers of the picked indices.
class Sampler {
 public:
  Sampler(const Array& array, const LayoutReport& report, LayoutSample& sample)
      : storage_(array.storage()),
        view_(array.const_view()),
        layout_(view_.layout()),
        walk_(report.walk_order),
        sample_(sample),
        index_(static_cast<std::size_t>(layout_.rank())) {
    for (const int axis : sample_.inner_axes) index_[static_cast<std::size_t>(axis)] = -1;
    add_cells();
    for (const int a : walk_)
      if (index_[static_cast<std::size_t>(a)] >= 0 && axis(a).byte_stride != 0) sample_.line_count *= axis(a).extent;
  }

  void run() { (void)descend(0, view_.origin()); }

 private:
  struct Place {
    std::size_t segment;
    std::size_t offset_bytes;
  };

  [[nodiscard]] const Axis& axis(int a) const { return layout_.axis(a); }

  [[nodiscard]] Place place_of(const std::byte* address, std::ptrdiff_t bytes) const {
    const Segment* segment = storage_.find(address, static_cast<std::size_t>(bytes));
    if (!segment) segment = storage_.find(address, 1);  // what begins here goes on in the next segment
    if (!segment) return {};
    return {static_cast<std::size_t>(segment - storage_.segments().data()),
            static_cast<std::size_t>(address - segment->data)};
  }

  /// Calls `f` with the offset of each combination of picked indices of some axes, the first of them outermost.
  template <class F>
  void for_each_picked(std::span<const int> axes, std::ptrdiff_t offset_bytes, const F& f) {
    if (axes.empty()) return f(offset_bytes);
    const auto a = static_cast<std::size_t>(axes.front());
    const std::ptrdiff_t kept = index_[a];
    for (const std::ptrdiff_t i : sample_.picks[a].indices) {
      index_[a] = i;
      for_each_picked(axes.subspan(1), offset_bytes + i * axis(axes.front()).byte_stride, f);
    }
    index_[a] = kept;
  }

  void add_cells() {
    std::ptrdiff_t range = view_.format().itemsize();
    std::ptrdiff_t element_bytes = range;
    for (const int a : sample_.inner_axes) {
      const std::ptrdiff_t reach = axis(a).byte_stride * (axis(a).extent - 1);
      low_bytes_ += std::min<std::ptrdiff_t>(reach, 0);
      range += std::abs(reach);
      element_bytes *= axis(a).extent;
    }
    sample_.line_bytes = range;
    sample_.line_element_bytes = static_cast<std::size_t>(element_bytes);
    const std::size_t in_pixel = sample_.inner_axes.size() < 2
                                     ? 1
                                     : sample_.picks[static_cast<std::size_t>(sample_.inner_axes[1])].indices.size();
    const bool has_rows = sample_.row_axis >= 0 && index_[static_cast<std::size_t>(sample_.row_axis)] == -1;
    for_each_picked(sample_.inner_axes, 0, [&](std::ptrdiff_t offset) {
      const int tone = has_rows ? sample_.tone_of(layout_, index_[static_cast<std::size_t>(sample_.row_axis)]) : -1;
      sample_.cells.push_back({offset - low_bytes_, tone, sample_.cells.size() / in_pixel});
    });
  }

  /// Axes of one level that step through memory, in the order of the walk.
  [[nodiscard]] std::vector<int> table_axes(int level) const {
    std::vector<int> axes;
    for (const int a : walk_)
      if (axis(a).level == level && axis(a).byte_stride != 0) axes.push_back(a);
    return axes;
  }

  /// @return the table or line that a pointer to `start` leads to
  std::size_t descend(int level, const std::byte* start) {
    return level < layout_.indirections() ? add_table(level, start) : add_lines(start);
  }

  std::size_t add_table(int level, const std::byte* start) {
    const auto [known, is_new] = tables_.try_emplace({level, start}, sample_.tables.size());
    const std::size_t table = known->second;
    if (!is_new) return table;
    sample_.tables.push_back({level, {}});
    const std::vector<int> axes = table_axes(level);
    std::map<const std::byte*, SampledSlot> slots;
    for_each_picked(axes, 0, [&](std::ptrdiff_t offset) {
      const std::byte* const address = start + offset;
      if (slots.contains(address)) return;
      const std::byte* target = nullptr;
      std::memcpy(&target, address, sizeof target);
      const Place place = place_of(address, sizeof target);
      SampledSlot slot{place.segment, place.offset_bytes,
                       axes.empty() ? 0 : index_[static_cast<std::size_t>(axes.back())]};
      const bool is_of_a_row = std::find(axes.begin(), axes.end(), sample_.row_axis) != axes.end();
      if (is_of_a_row) slot.tone = tone();
      slot.target = descend(level + 1, target + layout_.pointer_offset(level));
      slots.emplace(address, slot);
    });
    for (const auto& [address, slot] : slots) sample_.tables[table].slots.push_back(slot);
    return table;
  }

  std::size_t add_lines(const std::byte* start) {
    std::optional<std::size_t> first;
    for_each_picked(sample_.line_axes, low_bytes_, [&](std::ptrdiff_t offset) {
      const std::byte* const low = start + offset;
      const auto [known, is_new] = lines_.try_emplace(low, sample_.lines.size());
      if (!first) first = known->second;
      if (!is_new) return;
      const Place place = place_of(low, sample_.line_bytes);
      sample_.lines.push_back({place.segment, place.offset_bytes, index_, ordinal(), tone()});
    });
    return first.value_or(0);
  }

  [[nodiscard]] int tone() const {
    if (sample_.row_axis < 0) return 0;
    const std::ptrdiff_t row = index_[static_cast<std::size_t>(sample_.row_axis)];
    return row < 0 ? 0 : sample_.tone_of(layout_, row);
  }

  [[nodiscard]] std::ptrdiff_t ordinal() const {
    std::ptrdiff_t at = 0;
    for (const int a : walk_)
      if (const std::ptrdiff_t i = index_[static_cast<std::size_t>(a)]; i >= 0 && axis(a).byte_stride != 0)
        at = at * axis(a).extent + i;
    return at;
  }

  const Storage& storage_;
  AnyConstView view_;
  const Layout& layout_;
  const std::vector<int>& walk_;
  LayoutSample& sample_;
  std::vector<std::ptrdiff_t> index_;  ///< of what is looked at; -1 for axes along a line
  std::ptrdiff_t low_bytes_ = 0;       ///< from the line's first element to its lowest byte
  std::map<std::pair<int, const std::byte*>, std::size_t> tables_;
  std::map<const std::byte*, std::size_t> lines_;
};

}  // namespace

int LayoutSample::tone_of(const Layout& layout, std::ptrdiff_t row) const noexcept {
  const Axis& axis = layout.axes()[static_cast<std::size_t>(row_axis)];
  if (axis.byte_stride == 0) return 0;
  const std::vector<std::ptrdiff_t>& indices = picks[static_cast<std::size_t>(row_axis)].indices;
  const auto place = std::lower_bound(indices.begin(), indices.end(), row) - indices.begin();
  const auto last = std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(indices.size()) - 1, 1);
  return static_cast<int>((place * (tone_count - 1) * 2 + last) / (2 * last));
}

LayoutSample sample_layout(const Array& array, const LayoutReport& report, std::ptrdiff_t most_bytes) {
  LayoutSample sample;
  const Chooser chooser(report, most_bytes, sample);
  if (!array.is_empty()) Sampler(array, report, sample).run();
  return sample;
}

}  // namespace imgbuf::drawing
