#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "finding.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/layout.hpp"
#include "input.hpp"

namespace imgbuf::fuzz {

namespace {

using Numbers = std::vector<std::ptrdiff_t>;

Numbers numbers(Choices& choices, int count) {
  Numbers result;
  for (int n = 0; n < count; ++n) result.push_back(choices.number());
  return result;
}

/// What can be asked of any layout; the sanitizers look on.
void check_answers(const Layout& layout) {
  __extension__ __int128 count = 1;
  for (const Axis& axis : layout.axes()) count *= axis.extent;
  require(count == layout.element_count(), "the element count fits");
  require(layout.is_empty() == (count == 0), "a layout without elements is empty");
  for (const std::ptrdiff_t itemsize : {std::ptrdiff_t{1}, std::ptrdiff_t{8}, std::ptrdiff_t{1} << 62}) {
    const bool c = is_c_contiguous(layout, itemsize);
    const bool f = is_f_contiguous(layout, itemsize);
    require(is_contiguous(layout, itemsize) == (c || f), "contiguous is C or Fortran contiguous");
    require(is_f_contiguous(layout.transpose(), itemsize) == c, "the transpose of C order is Fortran order");
  }
  require(!layout.describe().empty(), "a layout can be described");
  // Validated as a new layout, it is as good as before.
  require(Layout(layout.axes(), layout.pointer_offsets()) == layout, "operations keep the invariants");
}

/// What a level reaches, counted from where the pointer before it leads.
ByteRange from_pointer(const Layout& layout, int level, std::ptrdiff_t origin_offset_bytes) {
  ByteRange range = reached_bytes(layout, level, 8);
  const std::ptrdiff_t offset = level == 0 ? origin_offset_bytes : layout.pointer_offset(level - 1);
  range.first += offset;
  range.last += offset;
  return range;
}

void check_inside(const Layout& old, const Rebased& changed) {
  require(changed.layout.indirections() == old.indirections(), "no operation loses an indirection");
  if (changed.layout.is_empty()) return;
  for (int level = 0; level <= old.indirections(); ++level) {
    const ByteRange outer = from_pointer(old, level, 0);
    const ByteRange inner = from_pointer(changed.layout, level, changed.origin_offset_bytes);
    require(outer.first <= inner.first && inner.last <= outer.last, "no operation leaves the old layout's memory");
  }
}

void check_export(const Layout& layout) {
  const BufferShapeExport exported = export_buffer_shape(layout);
  require(exported.shape.has_value() == exported.reason.empty(), "a refused export has a reason");
  if (!exported.shape) return;
  const Layout back = import_buffer_shape(exported.shape->shape, exported.shape->strides, exported.shape->suboffsets);
  require(back.indirections() == layout.indirections(), "an export keeps the pointers");
  if (!layout.is_empty())
    require(std::ranges::equal(back.pointer_offsets(), layout.pointer_offsets()), "an export keeps the offsets");
  for (int a = 0; a < layout.rank(); ++a) {
    const Axis& is = back.axis(a);
    const Axis& was = layout.axis(a);
    const bool has_stride = is.byte_stride == was.byte_stride || (layout.is_empty() && is.byte_stride == 0);
    require(is.extent == was.extent && has_stride, "an export keeps the axes");
    require(is.level == was.level || was.extent == 1 || was.byte_stride == 0 || layout.is_empty(),
            "an export keeps the levels that matter");
  }
}

Layout import(Choices& choices) {
  const int rank = choices.byte() % 32 == 0 ? choices.byte() % 70 : choices.byte() % 6;
  const int odd = choices.byte() % 32 == 0 ? 1 : 0;
  const Numbers shape = numbers(choices, rank), strides = numbers(choices, rank + odd);
  Numbers suboffsets = choices.yes() ? numbers(choices, rank) : Numbers{};
  Layout layout = import_buffer_shape(shape, strides, suboffsets);

  const BufferShapeExport exported = export_buffer_shape(layout);
  require(exported.shape.has_value(), "what was imported can be exported");
  require(exported.shape->shape == shape && exported.shape->strides == strides, "and is what it was");
  for (std::ptrdiff_t& offset : suboffsets) offset = std::max<std::ptrdiff_t>(offset, -1);
  if (std::ranges::all_of(suboffsets, [](std::ptrdiff_t offset) { return offset < 0; })) suboffsets.clear();
  require(exported.shape->suboffsets == suboffsets, "with its pointers");
  return layout;
}

/// Levels in any order, negative offsets and levels without an axis.
Layout direct_construction(Choices& choices) {
  const Numbers offsets = numbers(choices, choices.byte() % 4);
  std::vector<Axis> axes;
  for (int left = choices.byte() % 6; left > 0; --left) {
    const std::ptrdiff_t extent = choices.number(), byte_stride = choices.number();
    axes.push_back({extent, byte_stride, choices.byte() % 5 - (choices.byte() % 16 == 0 ? 1 : 0)});
  }
  return Layout(axes, offsets);
}

int axis_of(Choices& choices, const Layout& layout) {
  return choices.byte() % 32 == 0 ? static_cast<std::int8_t>(choices.byte())
                                  : choices.byte() % std::max(layout.rank(), 1);
}

Rebased operation(Choices& choices, const Layout& layout) {
  const auto optional = [&]() -> std::optional<std::ptrdiff_t> {
    if (choices.yes()) return {};
    return choices.number();
  };
  switch (choices.byte() % 14) {
    case 0: {
      const int axis = axis_of(choices, layout);
      return layout.index(axis, choices.number());
    }
    case 1:
    case 2: {
      const int axis = axis_of(choices, layout);
      const auto start = optional(), stop = optional();
      return layout.slice(axis, {start, stop, choices.number()});
    }
    case 3: {
      const int axis = axis_of(choices, layout);
      const std::ptrdiff_t start = choices.number();
      return layout.window(axis, start, choices.number());
    }
    case 4: {
      const int count = choices.byte() % 5;
      const Numbers starts = numbers(choices, count);
      return layout.crop(starts, numbers(choices, count));
    }
    case 5: {
      const int axis = axis_of(choices, layout);
      return layout.select(axis, numbers(choices, choices.byte() % 6));
    }
    case 6:
      return layout.flip(axis_of(choices, layout));
    case 7: {
      std::vector<int> order(static_cast<std::size_t>(layout.rank()));
      for (int& axis : order) axis = axis_of(choices, layout);
      return {layout.permute(order), 0};
    }
    case 8:
      return {layout.transpose(), 0};
    case 9:
      return {layout.insert_axis(axis_of(choices, layout)), 0};
    case 10:
      return {layout.drop_axis(axis_of(choices, layout)), 0};
    case 11:
      return {layout.squeeze(), 0};
    case 12: {
      const int axis = axis_of(choices, layout);
      return {layout.broadcast(axis, choices.number()), 0};
    }
    default: {
      Numbers shape = numbers(choices, choices.byte() % 3);
      for (const Axis& axis : layout.axes()) shape.push_back(choices.byte() % 4 == 0 ? choices.number() : axis.extent);
      return {layout.broadcast_to(shape), 0};
    }
  }
}

void check_layout(Choices choices) {
  Layout layout;
  try {
    layout = choices.yes() ? import(choices) : direct_construction(choices);
  } catch (const Error&) {
    return;
  }
  check_answers(layout);
  check_export(layout);
  for (int n = 0; n < 16 && !choices.at_end(); ++n) {
    try {
      Rebased changed = operation(choices, layout);
      check_answers(changed.layout);
      check_inside(layout, changed);
      check_export(changed.layout);
      layout = std::move(changed.layout);
    } catch (const Error&) {
      // What has no meaning is refused, and the layout is as it was.
    }
  }
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::fuzz::check_layout(imgbuf::fuzz::Choices({data, size}));
  return 0;
}
