#include "imgbuf/buffer_protocol.hpp"

#include <algorithm>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "layout/format_code.hpp"

namespace imgbuf {

namespace {

Layout imported_shape(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> strides,
                      std::span<const std::ptrdiff_t> suboffsets) {
  if (shape.size() != strides.size() || (!suboffsets.empty() && suboffsets.size() != shape.size()))
    throw Error(ErrorCode::invalid_argument, "shape, strides and suboffsets have different sizes");
  std::vector<Axis> axes;
  std::vector<std::ptrdiff_t> pointer_offsets;
  axes.reserve(shape.size());
  for (std::size_t a = 0; a < shape.size(); ++a) {
    axes.push_back({shape[a], strides[a], static_cast<int>(pointer_offsets.size())});
    if (!suboffsets.empty() && suboffsets[a] >= 0) pointer_offsets.push_back(suboffsets[a]);
  }
  return Layout(axes, pointer_offsets);
}

ImportedBuffer imported(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> strides,
                        std::span<const std::ptrdiff_t> suboffsets, std::string_view format, std::ptrdiff_t itemsize) {
  ItemFormat item = ItemFormat::parse(format);
  if (item.itemsize() != itemsize)
    throw Error(ErrorCode::invalid_argument, "an itemsize of " + std::to_string(itemsize) + " for element format " +
                                                 layout::quoted_format(format) + ", whose items have " +
                                                 std::to_string(item.itemsize()) + " bytes");
  const bool has_strides = !strides.empty() || shape.empty() || !suboffsets.empty();
  const Layout outer = has_strides ? imported_shape(shape, strides, suboffsets) : Layout::contiguous(shape, itemsize);
  if (item.axes.empty()) return {outer, std::move(item)};

  std::vector<Axis> axes(outer.axes().begin(), outer.axes().end());
  std::ptrdiff_t byte_stride = itemsize;
  for (const ItemAxis& axis : item.axes) {
    byte_stride /= axis.extent;
    axes.push_back({axis.extent, byte_stride, outer.indirections()});
  }
  return {Layout(axes, outer.pointer_offsets()), std::move(item)};
}

/// Whether each axis stands on a level that changes no address.
std::vector<bool> free_axes(const Layout& layout) {
  std::vector<bool> free;
  for (const Axis& axis : layout.axes()) free.push_back(layout.is_empty() || axis.extent == 1 || axis.byte_stride == 0);
  return free;
}

/// Whether levels rise along the logical order and each but the last has an axis, where PEP 3118 puts its pointer.
bool is_ordered(const std::vector<Axis>& axes, int indirections) noexcept {
  int level = -1;
  for (const Axis& axis : axes) {
    if (axis.level != level && axis.level != level + 1) return false;
    level = axis.level;
  }
  return level >= indirections - 1;
}

/// Gives the free axes levels such that the axes are ordered. Returns the reason when no choice does, empty otherwise.
std::string order_levels(std::vector<Axis>& axes, const std::vector<bool>& free, int indirections) {
  if (is_ordered(axes, indirections)) return {};
  int reached = -1;  // the highest level that has an axis so far
  int passed = -1;   // the highest level of a fixed axis so far
  int missing = -1;  // the first level without an axis
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (free[a]) {
      const auto next_fixed = static_cast<std::size_t>(
          std::find(free.begin() + static_cast<std::ptrdiff_t>(a), free.end(), false) - free.begin());
      const int next_level = next_fixed == axes.size() ? indirections : axes[next_fixed].level;
      if (reached + 1 < next_level) ++reached;  // fill a level that would have none
      axes[a].level = std::max(reached, 0);
      continue;
    }
    if (axes[a].level < passed)
      return "axis " + std::to_string(a) +
             " lies before an earlier axis' pointer, and PEP 3118 follows pointers in the order of the axes";
    passed = axes[a].level;
    if (missing < 0 && passed > reached + 1) missing = reached + 1;
    reached = std::max(reached, passed);
  }
  if (missing < 0 && reached < indirections - 1) missing = reached + 1;
  if (missing >= 0) return "the pointer of level " + std::to_string(missing) + " has no axis to stand at";
  return {};
}

BufferShapeExport exported(const Layout& layout) {
  std::vector<Axis> axes(layout.axes().begin(), layout.axes().end());
  for (int level = 0; level < layout.indirections(); ++level)
    if (layout.pointer_offset(level) < 0 && !layout.is_empty())
      return {{},
              "the pointers of level " + std::to_string(level) + " have a negative offset (" +
                  std::to_string(layout.pointer_offset(level)) + "), which PEP 3118 reads as no pointer"};
  if (std::string reason = order_levels(axes, free_axes(layout), layout.indirections()); !reason.empty())
    return {{}, std::move(reason)};

  BufferShape result;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    // Without elements, strides may be of any size; those of one level together must still fit where they meet.
    if (layout.is_empty() && axes[a].level != layout.axes()[a].level) axes[a].byte_stride = 0;
    result.shape.push_back(axes[a].extent);
    result.strides.push_back(axes[a].byte_stride);
    if (layout.is_direct()) continue;
    const int next_level = a + 1 < axes.size() ? axes[a + 1].level : layout.indirections();
    const bool has_pointer = next_level > axes[a].level;
    result.suboffsets.push_back(has_pointer ? std::max<std::ptrdiff_t>(layout.pointer_offset(axes[a].level), 0) : -1);
  }
  return {std::move(result), {}};
}

}  // namespace

Layout import_buffer_shape(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> strides,
                           std::span<const std::ptrdiff_t> suboffsets) {
  return base::or_out_of_memory([&] { return imported_shape(shape, strides, suboffsets); });
}

ImportedBuffer import_buffer(std::span<const std::ptrdiff_t> shape, std::span<const std::ptrdiff_t> strides,
                             std::span<const std::ptrdiff_t> suboffsets, std::string_view format,
                             std::ptrdiff_t itemsize) {
  return base::or_out_of_memory([&] { return imported(shape, strides, suboffsets, format, itemsize); });
}

BufferShapeExport export_buffer_shape(const Layout& layout) {
  return base::or_out_of_memory([&] { return exported(layout); });
}

}  // namespace imgbuf
