#include "imgbuf/explain_layout.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include "base/out_of_memory.hpp"
#include "image/reach.hpp"
#include "imgbuf/error.hpp"
#include "layout/checked.hpp"

namespace imgbuf {

namespace {

constexpr Consumer all_consumers[] = {consumers::numpy, consumers::strided_buffer, consumers::indirect_buffer,
                                      consumers::dlpack, consumers::dlpack_unversioned};

std::uintptr_t value_of(const std::byte* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// Different bytes that one start of a level leads to: what its axes count, unless they let items overlap.
/// @param range  the bytes from the lowest to the highest
std::size_t bytes_behind(const Layout& layout, int level, std::ptrdiff_t itemsize, std::size_t range) noexcept {
  std::ptrdiff_t bytes = itemsize;
  for (const Axis& axis : layout.axes()) {
    if (axis.level != level || axis.byte_stride == 0) continue;
    if (!detail::multiply(bytes, axis.extent, bytes)) return range;
  }
  return std::min(static_cast<std::size_t>(bytes), range);
}

/// Counts for each segment the bytes that one level reaches in it.
class Counter {
 public:
  explicit Counter(const Storage& storage) : storage_(storage), counts_(storage.segments().size()) {}

  /// @param starts  in any order; each of them counts once
  void add(const Layout& layout, int level, std::ptrdiff_t itemsize, std::span<std::byte* const> starts) {
    const image::LevelReach reach = image::level_reach(layout, level);
    const auto range = static_cast<std::size_t>(reach.last - reach.first + itemsize);
    const std::size_t behind = bytes_behind(layout, level, itemsize, range);
    std::vector<std::byte*> sorted(starts.begin(), starts.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    // Ranges that overlap may interleave or be the same bytes: they count together.
    for (std::size_t first = 0, next = 0; first < sorted.size(); first = next) {
      std::uintptr_t end = value_of(sorted[first]) + range;
      for (next = first + 1; next < sorted.size() && value_of(sorted[next]) < end; ++next)
        end = value_of(sorted[next]) + range;
      const std::size_t together = end - value_of(sorted[first]);
      count(image::shifted(sorted[first], reach.first), together, std::min(behind * (next - first), together));
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& counts() const noexcept { return counts_; }

 private:
  /// @param bytes  of [low, low + range)
  void count(std::byte* low, std::size_t range, std::size_t bytes) {
    if (const Segment* const segment = storage_.find(low, range)) {
      counts_[static_cast<std::size_t>(segment - storage_.segments().data())] += bytes;
      return;
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const Segment& segment = storage_.segments()[i];
      const std::uintptr_t begin = std::max(value_of(segment.data), value_of(low));
      const std::uintptr_t end = std::min(value_of(segment.data) + segment.bytes, value_of(low) + range);
      if (begin < end) counts_[i] += end - begin;
    }
  }

  const Storage& storage_;
  std::vector<std::size_t> counts_;
};

void add_reach(const Array& array, LayoutReport& report) {
  for (const Segment& segment : array.storage().segments()) report.segments.push_back({segment.bytes, segment.access});
  report.pointers.resize(static_cast<std::size_t>(array.layout().indirections()));
  if (array.is_empty()) return;

  const AnyConstView view = array.const_view();
  const Layout& layout = view.layout();
  Counter pointers(array.storage());
  Counter elements(array.storage());
  const auto note = [&](int level, std::span<std::byte* const> starts) {
    const bool is_elements = level == layout.indirections();
    const std::ptrdiff_t itemsize = is_elements ? view.format().itemsize() : std::ptrdiff_t{sizeof(std::byte*)};
    (is_elements ? elements : pointers).add(layout, level, itemsize, starts);
  };
  const auto tables = image::follow_levels(layout, const_cast<std::byte*>(view.origin()), note);
  for (std::size_t level = 0; level < tables.size(); ++level)
    report.pointers[level] = {tables[level].starts.size(), tables[level].slots.size()};
  for (std::size_t i = 0; i < report.segments.size(); ++i) {
    report.segments[i].pointer_bytes = pointers.counts()[i];
    report.segments[i].element_bytes = elements.counts()[i];
  }
}

/// As the planner of walks nests loops over one operand: by level, then by the larger stride.
std::vector<int> walk_order(const Layout& layout) {
  const auto is_outside = [&](int a, int b) {
    const Axis& axis_a = layout.axis(a);
    const Axis& axis_b = layout.axis(b);
    if (axis_a.level != axis_b.level) return axis_a.level < axis_b.level;
    const std::ptrdiff_t stride_a = std::abs(axis_a.byte_stride), stride_b = std::abs(axis_b.byte_stride);
    return stride_a != 0 && stride_b != 0 && stride_a > stride_b;
  };
  std::vector<int> order;
  for (int a = 0; a < layout.rank(); ++a) {
    if (layout.extent(a) == 1) continue;
    auto at = order.end();
    while (at != order.begin() && is_outside(a, *(at - 1))) --at;
    order.insert(at, a);
  }
  return order;
}

ConsumerAnswer answer_of(const Array& array, const Consumer& consumer) {
  try {
    return {consumer.name, explain_handoff(array, consumer), {}};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::out_of_memory) throw;
    return {consumer.name, {}, error.reason()};
  }
}

LayoutReport explained(const Array& array) {
  LayoutReport report;
  report.layout = array.layout();
  report.format = array.format();
  const std::ptrdiff_t itemsize = array.format().itemsize();
  if (std::ptrdiff_t bytes = 0; detail::multiply(report.layout.element_count(), itemsize, bytes)) report.nbytes = bytes;
  report.is_read_only = array.is_read_only();
  report.is_c_contiguous = is_c_contiguous(report.layout, itemsize);
  report.is_f_contiguous = is_f_contiguous(report.layout, itemsize);
  report.buffer = export_buffer_shape(report.layout);
  report.walk_order = walk_order(report.layout);
  add_reach(array, report);
  for (const Consumer& consumer : all_consumers) report.answers.push_back(answer_of(array, consumer));
  return report;
}

}  // namespace

LayoutReport explain_layout(const Array& array) {
  return base::or_out_of_memory([&] { return explained(array); });
}

}  // namespace imgbuf
