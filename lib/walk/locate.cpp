#include "imgbuf/locate.hpp"

#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

template <class Byte, class AnyViewType>
Location<Byte> locate_in(const AnyViewType& view, std::span<const std::ptrdiff_t> index) {
  const Layout& layout = view.layout();
  if (static_cast<int>(index.size()) != layout.rank())
    throw Error(ErrorCode::invalid_argument,
                std::to_string(index.size()) + " indices for a view of rank " + std::to_string(layout.rank()));
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

}  // namespace

Location<std::byte> locate(const AnyView& view, std::span<const std::ptrdiff_t> index) {
  return locate_in<std::byte>(view, index);
}

Location<const std::byte> locate(const AnyConstView& view, std::span<const std::ptrdiff_t> index) {
  return locate_in<const std::byte>(view, index);
}

}  // namespace imgbuf
