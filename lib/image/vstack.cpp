#include "imgbuf/vstack.hpp"

#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/start_table.hpp"
#include "imgbuf/collapse.hpp"
#include "imgbuf/error.hpp"
#include "layout/checked.hpp"

namespace imgbuf {

namespace {

constexpr std::ptrdiff_t most_rows = std::ptrdiff_t{1} << 28;

std::string place_of(std::size_t part) {
  return "part " + std::to_string(part);
}

std::string place_of(std::size_t part, std::ptrdiff_t row) {
  return place_of(part) + ", row " + std::to_string(row);
}

void require_like_first(std::span<const Array> parts, std::size_t part) {
  const Array& first = parts[0];
  const Array& other = parts[part];
  const auto refuse = [part](const std::string& reason) {
    throw Error(ErrorCode::invalid_argument, reason, place_of(part));
  };
  if (other.rank() == 0) refuse("a single element has no first axis");
  if (other.format() != first.format())
    refuse("elements of format '" + other.format().pep3118() + "' below elements of format '" +
           first.format().pep3118() + "'");
  if (other.rank() != first.rank())
    refuse(std::to_string(other.rank()) + " axes below " + std::to_string(first.rank()));
  for (int a = 1; a < first.rank(); ++a)
    if (other.extent(a) != first.extent(a))
      refuse("an extent of " + std::to_string(other.extent(a)) + " along axis " + std::to_string(a) + ", of part 0 " +
             std::to_string(first.extent(a)));
}

/// Strides that no index uses do not tell layouts apart.
Layout without_unused_strides(const Layout& layout) {
  std::vector<Axis> axes(layout.axes().begin(), layout.axes().end());
  for (Axis& axis : axes)
    if (axis.extent == 1) axis.byte_stride = 0;
  return Layout(axes);
}

/// What is behind one index of the first axis, without pointers.
AnyConstView row_of(const Array& array, std::size_t part, std::ptrdiff_t row) {
  AnyConstView view = array.const_view().index(0, row);
  if (view.layout().is_direct()) return view;
  CollapsedView collapsed = collapse(view, array.storage());
  if (!collapsed.view)
    throw Error(ErrorCode::copy_required, "needs its pointers: " + collapsed.reason, place_of(part, row));
  return *std::move(collapsed.view);
}

/// The segments of all parts, each once.
std::vector<Segment> segments_of(std::span<const Array> parts) {
  std::vector<Segment> segments;
  std::set<std::tuple<const std::byte*, std::size_t, const void*, Access>> seen;
  std::set<const Segment*> seen_storages;
  for (const Array& part : parts) {
    if (!seen_storages.insert(part.storage().segments().data()).second) continue;
    for (const Segment& segment : part.storage().segments())
      if (seen.emplace(segment.data, segment.bytes, segment.keeper.get(), segment.access).second)
        segments.push_back(segment);
  }
  return segments;
}

/// Where each row starts, and how all of them go on.
struct Rows {
  std::vector<const std::byte*> starts;
  std::optional<Layout> layout;

  /// @pre !array.is_empty()
  void add_all(const Array& array, std::size_t part) {
    const AnyConstView view = array.const_view();
    if (!rows_are_alike(view.layout())) {
      for (std::ptrdiff_t y = 0; y < view.extent(0); ++y) {
        const AnyConstView row = row_of(array, part, y);
        require_same_layout(row, part, y);
        starts.push_back(row.origin());
      }
      return;
    }
    const AnyConstView first = row_of(array, part, 0);
    require_same_layout(first, part, 0);
    const auto [extent, stride, level] = view.layout().axis(0);
    if (level == view.layout().indirections() || stride == 0) {
      for (std::ptrdiff_t y = 0; y < extent; ++y) starts.push_back(first.origin() + y * stride);
    } else {
      const image::StartTable table =
          image::read_starts(view.layout(), const_cast<std::byte*>(view.origin()), view.layout().indirections());
      starts.insert(starts.end(), table.starts.begin(), table.starts.end());
    }
  }

 private:
  /// Whether only the first axis leads to other pointers, so that all rows have one layout.
  static bool rows_are_alike(const Layout& layout) {
    for (int a = 1; a < layout.rank(); ++a)
      if (layout.axis(a).level != layout.indirections()) return false;
    return true;
  }

  void require_same_layout(const AnyConstView& row, std::size_t part, std::ptrdiff_t index) {
    Layout next = without_unused_strides(row.layout());
    if (layout && !(*layout == next))
      throw Error(ErrorCode::copy_required,
                  "elements lie as " + next.describe() + ", behind the first row as " + layout->describe(),
                  place_of(part, index));
    layout = std::move(next);
  }
};

Array stacked(std::span<const Array> parts) {
  if (parts.empty()) throw Error(ErrorCode::invalid_argument, "no arrays to stack");
  Rows rows;
  Access access = Access::read_write;
  bool is_empty = true;
  std::ptrdiff_t row_count = 0;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    require_like_first(parts, p);
    if (parts[p].is_read_only()) access = Access::read_only;
    if (!detail::add(row_count, parts[p].extent(0), row_count) || (row_count > most_rows && !parts[p].is_empty()))
      throw Error(ErrorCode::limit_exceeded, "more than 268435456 rows", place_of(p));
    if (parts[p].is_empty()) continue;
    is_empty = false;
    rows.add_all(parts[p], p);
  }
  const Format format = parts[0].format();
  if (is_empty) {
    auto shape = parts[0].layout().shape();
    shape[0] = row_count;
    return image::ArrayParts{{}, AnyView(nullptr, Layout::contiguous(shape, format.itemsize()), format), access, {}}
        .made();
  }

  std::vector<Axis> axes{{row_count, sizeof(std::byte*), 0}};
  for (const Axis& axis : rows.layout->axes()) axes.push_back({axis.extent, axis.byte_stride, 1});
  const std::ptrdiff_t offsets[] = {0};
  Segment table = allocate_segment(rows.starts.size() * sizeof(std::byte*));
  std::memcpy(table.data, rows.starts.data(), table.bytes);
  table.access = Access::read_only;
  std::vector<Segment> segments = segments_of(parts);
  segments.push_back(table);
  return image::ArrayParts{Storage(std::move(segments)),
                           AnyView(table.data, Layout(axes, offsets), format),
                           access,
                           {table.data, table.bytes}}
      .made();
}

}  // namespace

Array vstack(std::span<const Array> parts) {
  return base::or_out_of_memory([&] { return stacked(parts); });
}

}  // namespace imgbuf
