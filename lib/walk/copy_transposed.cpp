#include "walk/copy_transposed.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>

#include "imgbuf/inline_vector.hpp"
#include "walk/copy_kernels.hpp"

namespace imgbuf::walk {

namespace {

constexpr std::ptrdiff_t fewest_items = 16;  ///< along an axis: shorter ones are no rows
constexpr std::ptrdiff_t most_item_bytes = 16;

// A panel of source rows (j) is read in narrow tiles, one beside the other: what a tile reads is a line of the cache or
// less a row, and the panel's lines wait in the nearest cache for the next tile. Measured on pictures of 4K.
constexpr std::ptrdiff_t tile_line_bytes = 64, most_tile_items = 16;
constexpr std::ptrdiff_t panel_items = 256;
/// Destination rows (i) whose addresses are kept at a time.
constexpr std::ptrdiff_t slab_items = 1024;

constexpr std::ptrdiff_t fewest_elements_to_split = 64 * 1024;

using Index = InlineVector<std::ptrdiff_t, 4>;

/// The axis of at least `fewest_items` with the smallest stride after the last pointer.
std::optional<int> inner_axis(const Layout& layout) noexcept {
  std::optional<int> best;
  for (int a = 0; a < layout.rank(); ++a) {
    const Axis& axis = layout.axes()[static_cast<std::size_t>(a)];
    if (axis.extent < fewest_items || axis.level != layout.indirections() || axis.byte_stride == 0) continue;
    if (!best || std::abs(axis.byte_stride) <= std::abs(layout.axes()[static_cast<std::size_t>(*best)].byte_stride))
      best = a;
  }
  return best;
}

/// Items of `Bytes` bytes at any strides, in squares whose lines survive even where all rows share a set of the cache.
template <std::size_t Bytes>
void transpose_items(const TransposeTile& tile) noexcept {
  constexpr std::ptrdiff_t side = 8;
  for (std::ptrdiff_t j_begin = tile.j_begin; j_begin < tile.j_end; j_begin += side) {
    const std::ptrdiff_t j_end = std::min(j_begin + side, tile.j_end);
    for (std::ptrdiff_t i = tile.i_begin; i < tile.i_end; ++i)
      for (std::ptrdiff_t j = j_begin; j < j_end; ++j)
        std::memcpy(tile.to_rows[i - tile.i_begin] + j * tile.to_stride,
                    tile.from_rows[j - tile.j_begin] + i * tile.from_stride, Bytes);
  }
}

CopyKernels::Transpose transpose_items_of(std::ptrdiff_t bytes) noexcept {
  switch (bytes) {
    case 1:
      return transpose_items<1>;
    case 2:
      return transpose_items<2>;
    case 3:
      return transpose_items<3>;
    case 4:
      return transpose_items<4>;
    case 6:
      return transpose_items<6>;
    case 8:
      return transpose_items<8>;
    case 12:
      return transpose_items<12>;
    case 16:
      return transpose_items<16>;
    default:
      return nullptr;
  }
}

/// A copy of items (i, j) and further axes around them: i runs along the rows of the source, j along those of the
/// destination, both upwards in memory.
class Transposition {
 public:
  /// @param to_inner, from_inner  the axes j and i
  Transposition(const AnyView& destination, const AnyConstView& source, int from_inner, int to_inner)
      : to_(destination), from_(source), i_(from_inner), j_(to_inner) {
    item_bytes_ = to_.format().itemsize();
    const int pixel = find_pixel_axis();
    for (int a = 0; a < to_.rank(); ++a) {
      first_.push_back(0);
      if (a == i_ || a == j_) continue;
      if (a == pixel) {
        if (axis_of(to_, a).byte_stride < 0) first_[static_cast<std::size_t>(a)] = to_.extent(a) - 1;
        item_bytes_ *= to_.extent(a);
        continue;
      }
      outer_axes_.push_back(a);
      outer_count_ *= to_.extent(a);
    }
    from_stride_ = std::abs(axis_of(from_, i_).byte_stride);
    to_stride_ = std::abs(axis_of(to_, j_).byte_stride);
    const CopyKernels* const kernels = copy_kernels();
    if (kernels && from_stride_ == item_bytes_ && to_stride_ == item_bytes_ &&
        item_bytes_ <= static_cast<std::ptrdiff_t>(std::size(kernels->transpose)))
      kernel_ = kernels->transpose[item_bytes_ - 1];
    if (!kernel_) kernel_ = transpose_items_of(item_bytes_);
  }

  void run(const Context& context) const {
    const std::ptrdiff_t i_count = to_.extent(i_);
    const int threads = context.executor().concurrency();
    if (threads <= 1 || to_.layout().element_count() < fewest_elements_to_split) {
      for (std::ptrdiff_t outer = 0; outer < outer_count_; ++outer) run_rows(outer, 0, i_count, context);
      return;
    }
    // Every outer index in so many parts that all threads have some.
    const std::ptrdiff_t wanted = std::max<std::ptrdiff_t>(1, 4 * threads / outer_count_);
    const std::ptrdiff_t grain = most_tile_items;
    const std::ptrdiff_t rows_a_part = ((i_count - 1) / wanted / grain + 1) * grain;
    const std::ptrdiff_t parts = (i_count - 1) / rows_a_part + 1;
    context.executor().parallel_for(outer_count_ * parts, [&](std::ptrdiff_t part) {
      const std::ptrdiff_t begin = part % parts * rows_a_part;
      run_rows(part / parts, begin, std::min(begin + rows_a_part, i_count), context);
    });
  }

 private:
  [[nodiscard]] static const Axis& axis_of(const AnyConstView& view, int axis) noexcept {
    return view.layout().axes()[static_cast<std::size_t>(axis)];
  }

  /// The axis whose elements both operands pack in the same order into items of a size that kernels have, or -1.
  [[nodiscard]] int find_pixel_axis() const noexcept {
    for (int a = 0; a < to_.rank(); ++a) {
      const Axis &to = axis_of(to_, a), &from = axis_of(from_, a);
      const std::ptrdiff_t bytes = to.extent * item_bytes_;
      if (a != i_ && a != j_ && to.extent > 1 && to.level == to_.layout().indirections() &&
          from.level == from_.layout().indirections() && to.byte_stride == from.byte_stride &&
          std::abs(to.byte_stride) == item_bytes_ && bytes <= most_item_bytes && transpose_items_of(bytes))
        return a;
    }
    return -1;
  }

  /// Where a row along one axis begins: the item that is lowest in memory of those at `at` of another axis, counted in
  /// the order in which the other operand runs upwards.
  template <class View>
  [[nodiscard]] static auto row_start(const View& view, Index& index, int along, int axis, std::ptrdiff_t at,
                                      const AnyConstView& other) {
    const auto in_order = [](const AnyConstView& by, int a, std::ptrdiff_t i) {
      return axis_of(by, a).byte_stride < 0 ? by.extent(a) - 1 - i : i;
    };
    index[static_cast<std::size_t>(along)] = in_order(view, along, 0);
    index[static_cast<std::size_t>(axis)] = in_order(other, axis, at);
    return view.address(std::span<const std::ptrdiff_t>(index.data(), index.size()));
  }

  /// Rows [begin, end) of the destination, at one index of the outer axes.
  void run_rows(std::ptrdiff_t outer, std::ptrdiff_t begin, std::ptrdiff_t end, const Context& context) const {
    Index index = first_;
    for (std::size_t a = outer_axes_.size(); a-- > 0;) {
      const std::ptrdiff_t extent = to_.extent(outer_axes_[a]);
      index[static_cast<std::size_t>(outer_axes_[a])] = outer % extent;
      outer /= extent;
    }
    std::array<std::byte*, slab_items> to_rows;           // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<const std::byte*, panel_items> from_rows;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const std::ptrdiff_t j_count = to_.extent(j_);
    const std::ptrdiff_t tile_items = std::clamp<std::ptrdiff_t>(tile_line_bytes / item_bytes_, 1, most_tile_items);
    for (std::ptrdiff_t slab = begin; slab < end; slab += slab_items) {
      const std::ptrdiff_t slab_end = std::min(slab + slab_items, end);
      for (std::ptrdiff_t i = slab; i < slab_end; ++i)
        to_rows[static_cast<std::size_t>(i - slab)] = row_start(to_, index, j_, i_, i, from_);
      for (std::ptrdiff_t panel = 0; panel < j_count; panel += panel_items) {
        context.check_cancelled();
        const std::ptrdiff_t panel_end = std::min(panel + panel_items, j_count);
        for (std::ptrdiff_t j = panel; j < panel_end; ++j)
          from_rows[static_cast<std::size_t>(j - panel)] = row_start(from_, index, i_, j_, j, to_);
        for (std::ptrdiff_t i = slab; i < slab_end; i += tile_items)
          kernel_({to_rows.data() + (i - slab), from_rows.data(), to_stride_, from_stride_, i,
                   std::min(i + tile_items, slab_end), to_.extent(i_), panel, panel_end, j_count});
      }
    }
  }

  AnyView to_;
  AnyConstView from_;
  int i_, j_;
  Index first_;  ///< a full index: of the pixel axis the element that is lowest in memory, else 0
  InlineVector<int, 4> outer_axes_;
  std::ptrdiff_t outer_count_ = 1;
  std::ptrdiff_t item_bytes_ = 1;
  std::ptrdiff_t to_stride_ = 0, from_stride_ = 0;
  CopyKernels::Transpose kernel_ = nullptr;
};

}  // namespace

bool copy_transposed(const AnyView& destination, const AnyConstView& source, const Context& context) {
  if (destination.is_empty()) return false;
  const std::optional<int> to_inner = inner_axis(destination.layout()), from_inner = inner_axis(source.layout());
  if (!to_inner || !from_inner || *to_inner == *from_inner) return false;
  Transposition(destination, source, *from_inner, *to_inner).run(context);
  return true;
}

}  // namespace imgbuf::walk
