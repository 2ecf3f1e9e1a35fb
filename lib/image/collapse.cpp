#include "imgbuf/collapse.hpp"

#include <string>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/even_starts.hpp"

namespace imgbuf {

namespace {

CollapsedView collapsed(const AnyConstView& view, const Storage& storage) {
  const Layout& layout = view.layout();
  const std::ptrdiff_t itemsize = view.format().itemsize();
  if (layout.is_direct()) return {view, {}};
  if (layout.is_empty())
    return {AnyConstView(view.origin(), image::empty_direct_layout(layout, itemsize), view.format()), {}};
  auto* const origin = const_cast<std::byte*>(view.origin());
  const image::StartTable table = image::read_starts(layout, origin, layout.indirections());
  const image::EvenStarts even = image::even_starts(table.axes, table.starts);
  if (even.uneven_axis >= 0)
    return {{},
            "index " + std::to_string(even.uneven_index) + " of axis " + std::to_string(even.uneven_axis) +
                " is not as far from the one before as index 1 is from index 0"};
  Layout direct = image::direct_layout(layout, table.axes, even.byte_strides);
  const image::Extent extent = image::extent_of(direct, 0, table.starts[0], itemsize);
  if (!storage.find(extent.begin, extent.bytes)) return {{}, "the elements lie in more than one segment"};
  return {AnyConstView(table.starts[0], std::move(direct), view.format()), {}};
}

}  // namespace

CollapsedView collapse(const AnyConstView& view, const Storage& storage) {
  return base::or_out_of_memory([&] { return collapsed(view, storage); });
}

CollapsedArray collapse(const Array& array) {
  if (array.layout().is_direct()) return {base::or_out_of_memory([&] { return array; }), {}};
  CollapsedView result = collapse(array.const_view(), array.storage());
  if (!result.view) return {{}, std::move(result.reason)};
  image::ArrayParts parts = image::ArrayParts::of(array);
  parts.view = AnyView(const_cast<std::byte*>(result.view->origin()), result.view->layout(), result.view->format());
  return {std::move(parts).made(), {}};
}

CollapsedImage collapse(const Image& image) {
  CollapsedArray result = collapse(image.array());
  if (!result.array) return {{}, std::move(result.reason)};
  return {Image::over(*std::move(result.array), image.info()), {}};
}

}  // namespace imgbuf
