#include "image/start_table.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "image/reach.hpp"
#include "imgbuf/error.hpp"
#include "layout/checked.hpp"

namespace imgbuf::image {

namespace {

constexpr std::ptrdiff_t most_starts = std::ptrdiff_t{1} << 28;

}  // namespace

StartTable read_starts(const Layout& layout, std::byte* origin, int level) {
  StartTable table;
  for (int above = 0; above < level; ++above)
    for (int a = 0; a < layout.rank(); ++a)
      if (layout.axis(a).level == above)
        table.axes.push_back(
            {a, layout.axis(a).byte_stride == 0 ? std::min<std::ptrdiff_t>(layout.extent(a), 1) : layout.extent(a), 1});
  if (layout.is_empty()) return table;
  std::ptrdiff_t count = 1;
  for (std::size_t i = table.axes.size(); i-- > 0;) {
    table.axes[i].entries = count;
    if (!detail::multiply(count, table.axes[i].extent, count) || count > most_starts)
      throw Error(ErrorCode::limit_exceeded, "the pointer tables have more than 268435456 entries");
  }
  table.starts.reserve(static_cast<std::size_t>(count));
  // Axis by axis: each start of the axes so far becomes one for every index of the next, and at the end of a level the
  // pointers are followed.
  std::vector<std::byte*>& starts = table.starts;
  starts.push_back(origin);
  auto axis = table.axes.begin();
  for (int above = 0; above < level; ++above) {
    for (; axis != table.axes.end() && layout.axis(axis->axis).level == above; ++axis) {
      const auto extent = static_cast<std::size_t>(axis->extent);
      const std::ptrdiff_t stride = layout.axis(axis->axis).byte_stride;
      const std::size_t before = starts.size();
      starts.resize(before * extent);
      for (std::size_t i = before; i-- > 0;) {  // from the back, so that no start is overwritten before it is used
        std::byte* const start = starts[i];
        for (std::size_t n = extent; n-- > 0;)
          starts[i * extent + n] = shifted(start, static_cast<std::ptrdiff_t>(n) * stride);
      }
    }
    for (std::byte*& start : starts) {
      std::memcpy(&start, start, sizeof(std::byte*));
      start = shifted(start, layout.pointer_offset(above));
    }
  }
  return table;
}

}  // namespace imgbuf::image
