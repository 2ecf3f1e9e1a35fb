#include "imgbuf/locate.hpp"

#include <string>
#include <utility>

#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

void require_rank(std::span<const std::ptrdiff_t> index, int rank) {
  if (static_cast<int>(index.size()) != rank)
    throw Error(ErrorCode::invalid_argument,
                std::to_string(index.size()) + " indices for a view of rank " + std::to_string(rank));
}

template <class Byte, class AnyViewType>
Location<Byte> locate_in(const AnyViewType& view, std::span<const std::ptrdiff_t> index) {
  const Layout& layout = view.layout();
  require_rank(index, layout.rank());
  InlineVector<typename Location<Byte>::Range, 4> box;
  for (std::size_t a = 0; a < index.size(); ++a) {
    const Axis& axis = layout.axes()[a];
    if (index[a] < 0 || index[a] >= axis.extent)
      throw Error(ErrorCode::invalid_argument,
                  "index " + std::to_string(index[a]) + " is outside an extent of " + std::to_string(axis.extent),
                  "axis " + std::to_string(a));
    // An axis of stride 0 passes the same pointers at every index.
    const bool is_free = axis.level == layout.indirections() || axis.byte_stride == 0;
    box.push_back(is_free ? typename Location<Byte>::Range{0, axis.extent, axis.byte_stride}
                          : typename Location<Byte>::Range{index[a], index[a] + 1, 0});
  }
  return {view.address(index), index, std::move(box)};
}

/// In the part of a grid's cell that the view shows.
template <class Byte, class GridViewType>
Location<Byte> locate_in_cell(const GridViewType& view, std::span<const std::ptrdiff_t> index) {
  require_rank(index, view.rank());
  InlineVector<std::ptrdiff_t, 4> starts, counts, inside;
  for (std::size_t a = 0; a < index.size(); ++a) {
    const GridGeometry::Range range = view.geometry().in_same_cells(static_cast<int>(a), index[a]);
    starts.push_back(range.begin);
    counts.push_back(range.end - range.begin);
    inside.push_back(index[a] - range.begin);
  }
  const AnyView cell =
      view.geometry().box({starts.data(), starts.size()}, {counts.data(), counts.size()}, view.format());
  const Location<Byte> here = locate_in<Byte>(cell, {inside.data(), inside.size()});
  InlineVector<typename Location<Byte>::Range, 4> box(here.box().data(), here.box().size());
  for (std::size_t a = 0; a < index.size(); ++a) {
    box[a].begin += starts[a];
    box[a].end += starts[a];
  }
  return {here.pointer(), index, std::move(box)};
}

}  // namespace

Location<std::byte> locate(const AnyView& view, std::span<const std::ptrdiff_t> index) {
  return locate_in<std::byte>(view, index);
}

Location<const std::byte> locate(const AnyConstView& view, std::span<const std::ptrdiff_t> index) {
  return locate_in<const std::byte>(view, index);
}

Location<std::byte> locate(const GridView& view, std::span<const std::ptrdiff_t> index) {
  return locate_in_cell<std::byte>(view, index);
}

Location<const std::byte> locate(const GridConstView& view, std::span<const std::ptrdiff_t> index) {
  return locate_in_cell<const std::byte>(view, index);
}

}  // namespace imgbuf
