#include "image/direct_access.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "image/even_starts.hpp"
#include "layout/checked.hpp"

namespace imgbuf::image {

namespace {

/// Elements as runs of bytes without gaps, evenly spaced along some axes of positive strides that never interleave.
struct Runs {
  std::ptrdiff_t bytes = 0;  ///< of one run
  std::vector<Axis> axes;    ///< from one run to the next
  std::ptrdiff_t count = 1;
};

/// Nothing when runs would interleave.
std::optional<Runs> runs_of(const Layout& layout, std::ptrdiff_t itemsize) {
  std::vector<Axis> axes;
  for (const Axis& axis : layout.axes())
    if (axis.extent > 1 && axis.byte_stride != 0) axes.push_back({axis.extent, std::abs(axis.byte_stride), 0});
  std::sort(axes.begin(), axes.end(), [](const Axis& a, const Axis& b) { return a.byte_stride < b.byte_stride; });
  Runs runs{itemsize, {}, 1};
  std::ptrdiff_t span = itemsize;  // of all axes so far, gaps included
  for (const Axis& axis : axes) {
    const std::ptrdiff_t reach = axis.byte_stride * (axis.extent - 1);
    if (axis.byte_stride <= runs.bytes) {
      runs.bytes += reach;
    } else {
      if (axis.byte_stride < span || !detail::multiply(runs.count, axis.extent, runs.count)) return std::nullopt;
      runs.axes.push_back(axis);
    }
    span += reach;
  }
  return runs;
}

}  // namespace

std::optional<Access> access_of_elements(const Storage& storage, const Layout& layout, std::byte* origin,
                                         std::ptrdiff_t itemsize) {
  const Extent all = extent_of(layout, 0, origin, itemsize);
  const std::optional<Access> access = storage.access_of(all.begin, all.bytes);
  if (access == Access::read_write) return access;
  const std::optional<Runs> runs = runs_of(layout, itemsize);
  if (!runs || runs->axes.empty() ||
      static_cast<std::size_t>(runs->count) > storage.total_bytes() / static_cast<std::size_t>(runs->bytes))
    return access;
  Access weakest = Access::read_write;
  for (std::ptrdiff_t run = 0; run < runs->count; ++run) {
    std::ptrdiff_t offset = 0;
    std::ptrdiff_t rest = run;
    for (const Axis& axis : runs->axes) {
      offset += rest % axis.extent * axis.byte_stride;
      rest /= axis.extent;
    }
    const auto of_run = storage.access_of(shifted(all.begin, offset), static_cast<std::size_t>(runs->bytes));
    if (!of_run) return std::nullopt;
    if (of_run == Access::read_only) weakest = Access::read_only;
  }
  return weakest;
}

}  // namespace imgbuf::image
