#include "imgbuf/rewire.hpp"

#include <vector>

#include "base/out_of_memory.hpp"
#include "image/array_parts.hpp"
#include "image/even_starts.hpp"
#include "image/rewire_plan.hpp"

namespace imgbuf {

namespace {

using image::StartTable;

/// The array of a direct view over a storage.
Array with_direct_view(const Array& array, Storage storage, std::byte* origin, Layout layout) {
  image::ArrayParts parts = image::ArrayParts::of(array);
  parts.view = AnyView(origin, std::move(layout), parts.view.format());
  parts.storage = std::move(storage);
  parts.own_tables = {};
  return std::move(parts).made();
}

/// One segment for each stretch of pieces that touch: what lies between them is no memory of the image.
std::vector<Segment> segments_of(const std::vector<memory::PlacedPiece>& pieces, Access access,
                                 const std::shared_ptr<std::byte>& base) {
  std::vector<Segment> segments;
  for (const memory::PlacedPiece& piece : pieces) {
    std::byte* const at = base.get() + piece.at_bytes;
    if (!segments.empty() && segments.back().data + segments.back().bytes == at)
      segments.back().bytes += piece.bytes;
    else
      segments.push_back({at, piece.bytes, access, base});
  }
  return segments;
}

RewiredArray rewired(const Array& array, bool is_dry_run) {
  const AnyConstView view = array.const_view();
  const Layout& layout = view.layout();
  const std::ptrdiff_t itemsize = view.format().itemsize();
  const auto answer = [&](Array result, std::size_t mapped_bytes) -> RewiredArray {
    Layout direct = result.layout();
    if (is_dry_run) return {{}, {}, std::move(direct), mapped_bytes};
    return {std::move(result), {}, std::move(direct), mapped_bytes};
  };
  auto* const origin = const_cast<std::byte*>(view.origin());
  if (layout.is_direct()) return answer(array, 0);
  if (layout.is_empty())
    return answer(with_direct_view(array, array.storage(), origin, image::empty_direct_layout(layout, itemsize)), 0);

  const StartTable table = image::read_starts(layout, origin, layout.indirections());
  if (const image::EvenStarts even = image::even_starts(table.axes, table.starts); even.uneven_axis < 0) {
    // Segments of one mapping that lie in order already.
    Layout in_place = image::direct_layout(layout, table.axes, even.byte_strides);
    const image::Extent extent = image::extent_of(in_place, 0, table.starts[0], itemsize);
    if (memory::find_shared(extent.begin, extent.bytes) && array.storage().holds(extent.begin, extent.bytes))
      return answer(with_direct_view(array, array.storage(), table.starts[0], std::move(in_place)), 0);
  }

  const image::RewirePlan plan = image::plan_rewire(layout, table, itemsize);
  if (!plan.reason.empty()) return {{}, plan.reason};
  if (std::string reason = memory::reason_not_to_map(plan.pieces); !reason.empty()) return {{}, std::move(reason)};
  std::size_t mapped_bytes = 0;
  for (const memory::PlacedPiece& piece : plan.pieces) mapped_bytes += piece.bytes;
  Layout direct = image::direct_layout(layout, table.axes, plan.byte_strides);
  if (is_dry_run) return {{}, {}, std::move(direct), mapped_bytes};
  const Access access = array.is_read_only() ? Access::read_only : Access::read_write;
  memory::SideBySide range = memory::map_side_by_side(plan.bytes, plan.pieces, access, array.storage());
  if (!range.base) return {{}, std::move(range.reason)};
  std::byte* const base = range.base.get();
  Storage storage(segments_of(plan.pieces, access, range.base));
  const image::LevelReach reach = image::level_reach(layout, layout.indirections());
  return answer(
      with_direct_view(array, std::move(storage), base + plan.first_at_bytes - reach.first, std::move(direct)),
      mapped_bytes);
}

Rewiring of_image(const Image& image, RewiredArray result) {
  if (!result.array) return {{}, std::move(result.reason), result.mapped_bytes};
  return {Image::over(*std::move(result.array), image.info()), {}, result.mapped_bytes};
}

}  // namespace

RewiredArray rewire(const Array& array) {
  return base::or_out_of_memory([&] { return rewired(array, false); });
}

RewiredArray explain_rewire(const Array& array) {
  return base::or_out_of_memory([&] { return rewired(array, true); });
}

Rewiring rewire(const Image& image) {
  return of_image(image, rewire(image.array()));
}

Rewiring explain_rewire(const Image& image) {
  return of_image(image, explain_rewire(image.array()));
}

}  // namespace imgbuf
