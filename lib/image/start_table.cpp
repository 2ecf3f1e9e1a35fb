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

/// Makes each start one for every index of an axis.
void step(std::vector<std::byte*>& starts, std::ptrdiff_t extent, std::ptrdiff_t byte_stride) {
  if (extent == 1) return;
  const std::size_t before = starts.size();
  const auto count = static_cast<std::size_t>(extent);
  starts.resize(before * count);
  for (std::size_t i = before; i-- > 0;) {  // from the back, so that no start is overwritten before it is used
    std::byte* const start = starts[i];
    for (std::size_t n = 0; n < count; ++n)
      starts[i * count + n] = shifted(start, static_cast<std::ptrdiff_t>(n) * byte_stride);
  }
}

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
  // Level by level: each start becomes one for every index of the level's axes, and then the pointers are followed.
  table.starts.push_back(origin);
  auto axis = table.axes.begin();
  for (int above = 0; above < level; ++above) {
    for (; axis != table.axes.end() && layout.axis(axis->axis).level == above; ++axis)
      step(table.starts, axis->extent, layout.axis(axis->axis).byte_stride);
    const std::ptrdiff_t offset = layout.pointer_offset(above);
    for (std::byte*& start : table.starts) {
      std::memcpy(&start, start, sizeof(std::byte*));
      start = shifted(start, offset);
    }
  }
  return table;
}

}  // namespace imgbuf::image
