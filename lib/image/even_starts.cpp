#include "image/even_starts.hpp"

namespace imgbuf::image {

namespace {

/// The first index along an axis that is not as far from the one before as 1 is from 0, or 0 when there is none.
std::ptrdiff_t first_uneven(const StartTable::TableAxis& axis, std::span<std::byte* const> starts) {
  const auto step = static_cast<std::size_t>(axis.entries);
  const std::size_t all = step * static_cast<std::size_t>(axis.extent);
  const std::ptrdiff_t stride = bytes_between(starts[0], starts[step]);
  for (std::size_t outer = 0; outer < starts.size(); outer += all)
    for (std::size_t i = outer + step; i < outer + all; ++i)
      if (bytes_between(starts[i - step], starts[i]) != stride) return static_cast<std::ptrdiff_t>((i - outer) / step);
  return 0;
}

}  // namespace

std::optional<std::ptrdiff_t> even_stride(const StartTable::TableAxis& axis, std::span<std::byte* const> starts) {
  if (first_uneven(axis, starts) != 0) return std::nullopt;
  return bytes_between(starts[0], starts[static_cast<std::size_t>(axis.entries)]);
}

EvenStarts even_starts(std::span<const StartTable::TableAxis> axes, std::span<std::byte* const> starts) {
  EvenStarts result;
  result.byte_strides.assign(axes.size(), 0);
  for (std::size_t a = axes.size(); a-- > 0;) {
    if (axes[a].extent == 1) continue;
    result.byte_strides[a] = bytes_between(starts[0], starts[static_cast<std::size_t>(axes[a].entries)]);
    if (const std::ptrdiff_t index = first_uneven(axes[a], starts); index != 0) {
      result.uneven_axis = axes[a].axis;
      result.uneven_index = index;
      return result;
    }
  }
  return result;
}

Layout direct_layout(const Layout& layout, std::span<const StartTable::TableAxis> axes,
                     std::span<const std::ptrdiff_t> byte_strides) {
  std::vector<Axis> direct(layout.axes().begin(), layout.axes().end());
  for (Axis& axis : direct) axis.level = 0;
  for (std::size_t a = 0; a < axes.size(); ++a)
    direct[static_cast<std::size_t>(axes[a].axis)].byte_stride = byte_strides[a];
  return Layout(direct);
}

Extent extent_of(const Layout& layout, int level, std::byte* start, std::ptrdiff_t itemsize) noexcept {
  const LevelReach reach = level_reach(layout, level);
  return {shifted(start, reach.first), static_cast<std::size_t>(reach.last - reach.first + itemsize)};
}

Layout empty_direct_layout(const Layout& layout, std::ptrdiff_t itemsize) {
  return Layout::contiguous(layout.shape(), itemsize);
}

}  // namespace imgbuf::image
