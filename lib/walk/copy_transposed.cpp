#include "walk/copy_transposed.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>

#include "imgbuf/inline_vector.hpp"
#include "walk/copy_kernels.hpp"
#include "walk/copy_stream.hpp"

namespace imgbuf::walk {

namespace {

constexpr std::ptrdiff_t fewest_items = 16;     ///< along an axis: shorter ones are no rows
constexpr std::ptrdiff_t most_item_bytes = 16;  ///< of the sizes below

// A panel of source rows (j) is read in narrow tiles, one beside the other: a tile reads a line of the cache or less of
// each row, and the panel's lines wait in the caches for the next tile. The sizes are the fastest on pictures of 4K.
constexpr std::ptrdiff_t tile_line_bytes = 64, most_tile_items = 16;
constexpr std::ptrdiff_t panel_items = 512;
/// What a streamed panel repeats of the one before, so that each of its lines is written whole.
constexpr std::ptrdiff_t most_lead_items = stream_line_bytes;
/// Destination rows (i) whose addresses are kept at a time.
constexpr std::ptrdiff_t slab_items = 1024;

constexpr std::ptrdiff_t fewest_elements_to_split = 64 * 1024;

using Index = InlineVector<std::ptrdiff_t, 4>;

/// Items of a tile in the direction of i: a power of two, of about so many bytes.
std::ptrdiff_t tile_items_of(std::ptrdiff_t bytes, std::ptrdiff_t item_bytes) noexcept {
  const auto items = std::bit_floor(static_cast<std::size_t>(bytes / item_bytes));
  return std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(items), 1, most_tile_items);
}

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
      : to_{destination.origin(), destination.layout()},
        from_{const_cast<std::byte*>(source.origin()), source.layout()},
        i_(from_inner),
        j_(to_inner),
        item_bytes_(destination.format().itemsize()),
        streams_(streaming_pays(to_.layout.element_count() * item_bytes_)) {
    const int pixel = find_pixel_axis();
    for (int a = 0; a < to_.layout.rank(); ++a) {
      const Axis& axis = to_.axis(a);
      first_.push_back(0);
      if (a == i_ || a == j_) continue;
      if (a == pixel) {
        if (axis.byte_stride < 0) first_[static_cast<std::size_t>(a)] = axis.extent - 1;
        item_bytes_ *= axis.extent;
        continue;
      }
      outer_axes_.push_back(a);
      outer_count_ *= axis.extent;
    }
    from_stride_ = std::abs(from_.axis(i_).byte_stride);
    to_stride_ = std::abs(to_.axis(j_).byte_stride);
    streams_ = streams_ && to_stride_ == item_bytes_;
    if (streams_)  // in multiples of what kernels take at once
      lead_items_ = ((stream_line_bytes - 1) / item_bytes_ / most_tile_items + 1) * most_tile_items;
    const CopyKernels* const kernels = copy_kernels();
    if (kernels && from_stride_ == item_bytes_ && to_stride_ == item_bytes_ &&
        item_bytes_ <= static_cast<std::ptrdiff_t>(std::size(kernels->transpose)))
      kernel_ = kernels->transpose[item_bytes_ - 1];
    if (!kernel_) kernel_ = transpose_items_of(item_bytes_);
  }

  void run(const Context& context) const {
    const std::ptrdiff_t i_count = to_.axis(i_).extent;
    const int threads = context.executor().concurrency();
    if (threads <= 1 || to_.layout.element_count() < fewest_elements_to_split) {
      for (std::ptrdiff_t outer = 0; outer < outer_count_; ++outer) run_rows(outer, 0, i_count, context);
      return;
    }
    // Every outer index in so many parts that all threads have some.
    const std::ptrdiff_t wanted = std::max<std::ptrdiff_t>(1, 4 * threads / outer_count_);
    const std::ptrdiff_t rows_a_part = ((i_count - 1) / wanted / most_tile_items + 1) * most_tile_items;
    const std::ptrdiff_t parts = (i_count - 1) / rows_a_part + 1;
    context.executor().parallel_for(outer_count_ * parts, [&](std::ptrdiff_t part) {
      const std::ptrdiff_t begin = part % parts * rows_a_part;
      run_rows(part / parts, begin, std::min(begin + rows_a_part, i_count), context);
    });
  }

 private:
  struct Operand {
    std::byte* origin;
    const Layout& layout;

    [[nodiscard]] const Axis& axis(int a) const noexcept { return layout.axes()[static_cast<std::size_t>(a)]; }
    [[nodiscard]] bool is_last_level(int a) const noexcept { return axis(a).level == layout.indirections(); }
    /// The index that is `at` steps upwards in memory from the lowest.
    [[nodiscard]] std::ptrdiff_t upwards(int a, std::ptrdiff_t at) const noexcept {
      return axis(a).byte_stride < 0 ? axis(a).extent - 1 - at : at;
    }
    [[nodiscard]] std::byte* address(const Index& index) const noexcept {
      return layout.address(origin, {index.data(), index.size()});
    }
  };

  /// The axis whose elements both operands pack in the same order into items of a size that kernels have, or -1.
  [[nodiscard]] int find_pixel_axis() const noexcept {
    for (int a = 0; a < to_.layout.rank(); ++a) {
      const Axis &to = to_.axis(a), &from = from_.axis(a);
      if (a == i_ || a == j_ || to.extent < 2 || to.extent > most_item_bytes / item_bytes_) continue;
      if (to_.is_last_level(a) && from_.is_last_level(a) && to.byte_stride == from.byte_stride &&
          std::abs(to.byte_stride) == item_bytes_ && transpose_items_of(to.extent * item_bytes_))
        return a;
    }
    return -1;
  }

  /// Rows [begin, end) of the destination, at one index of the outer axes.
  void run_rows(std::ptrdiff_t outer, std::ptrdiff_t begin, std::ptrdiff_t end, const Context& context) const {
    const StreamingScope scope(streams_);
    Index index = first_;
    for (std::size_t a = outer_axes_.size(); a-- > 0;) {
      const std::ptrdiff_t extent = to_.axis(outer_axes_[a]).extent;
      index[static_cast<std::size_t>(outer_axes_[a])] = outer % extent;
      outer /= extent;
    }
    std::ptrdiff_t &i_index = index[static_cast<std::size_t>(i_)], &j_index = index[static_cast<std::size_t>(j_)];
    // NOLINTBEGIN(cppcoreguidelines-pro-type-member-init): only what was written is read
    std::array<std::byte*, slab_items> to_rows;
    std::array<const std::byte*, most_lead_items + panel_items> from_rows;
    // NOLINTEND(cppcoreguidelines-pro-type-member-init)
    const std::ptrdiff_t i_count = to_.axis(i_).extent, j_count = to_.axis(j_).extent;
    // A streamed tile shares the nearest cache with its piece.
    const std::ptrdiff_t tile_items = tile_items_of(streams_ ? tile_line_bytes / 2 : tile_line_bytes, item_bytes_);
    for (std::ptrdiff_t slab = begin; slab < end; slab += slab_items) {
      const std::ptrdiff_t slab_end = std::min(slab + slab_items, end);
      j_index = to_.upwards(j_, 0);
      for (std::ptrdiff_t i = slab; i < slab_end; ++i) {
        i_index = from_.upwards(i_, i);
        to_rows[static_cast<std::size_t>(i - slab)] = to_.address(index);
      }
      for (std::ptrdiff_t panel = 0; panel < j_count; panel += panel_items) {
        context.check_cancelled();
        const std::ptrdiff_t panel_end = std::min(panel + panel_items, j_count);
        const std::ptrdiff_t panel_begin = std::max<std::ptrdiff_t>(0, panel - lead_items_);
        i_index = from_.upwards(i_, 0);
        for (std::ptrdiff_t j = panel_begin; j < panel_end; ++j) {
          j_index = to_.upwards(j_, j);
          from_rows[static_cast<std::size_t>(j - panel_begin)] = from_.address(index);
        }
        for (std::ptrdiff_t i = slab; i < slab_end; i += tile_items) {
          const std::ptrdiff_t i_end = std::min(i + tile_items, slab_end);
          const TransposeTile tile{to_rows.data() + (i - slab),
                                   from_rows.data(),
                                   to_stride_,
                                   from_stride_,
                                   i,
                                   i_end,
                                   i_count,
                                   panel_begin,
                                   panel_end,
                                   j_count};
          if (streams_)
            stream_tile(tile, panel);
          else
            kernel_(tile);
        }
      }
    }
  }

  /// Through a piece of the nearest cache, from where whole lines go past the caches.
  /// @param panel  the tile's first j that is not repeated
  void stream_tile(const TransposeTile& tile, std::ptrdiff_t panel) const noexcept {
    constexpr std::size_t piece_bytes = (most_lead_items + panel_items) * tile_line_bytes;  // no tile is larger
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): only what was written is read
    alignas(stream_line_bytes) std::array<std::byte, piece_bytes> piece;
    std::array<std::byte*, most_tile_items> piece_rows{};
    const std::ptrdiff_t rows = tile.i_end - tile.i_begin, items = tile.j_end - tile.j_begin;
    for (std::ptrdiff_t k = 0; k < rows; ++k)
      piece_rows[static_cast<std::size_t>(k)] = piece.data() + k * (lead_items_ + panel_items) * item_bytes_;
    TransposeTile in_piece = tile;
    in_piece.to_rows = piece_rows.data();
    in_piece.j_begin = 0;
    in_piece.j_end = in_piece.j_count = items;
    kernel_(in_piece);
    for (std::ptrdiff_t k = 0; k < rows; ++k)
      stream_piece(tile.to_rows[k] + panel * item_bytes_,
                   piece_rows[static_cast<std::size_t>(k)] + (panel - tile.j_begin) * item_bytes_,
                   (tile.j_end - panel) * item_bytes_, panel == 0, tile.j_end == tile.j_count);
  }

  Operand to_, from_;
  int i_, j_;
  std::ptrdiff_t item_bytes_;
  bool streams_;
  std::ptrdiff_t lead_items_ = 0;
  Index first_;  ///< a full index: of the pixel axis the element that is lowest in memory, else 0
  InlineVector<int, 4> outer_axes_;
  std::ptrdiff_t outer_count_ = 1;
  std::ptrdiff_t to_stride_ = 0, from_stride_ = 0;
  CopyKernels::Transpose kernel_ = nullptr;
};

}  // namespace

bool is_transposed(const Layout& destination, const Layout& source) noexcept {
  const std::optional<int> to_inner = inner_axis(destination), from_inner = inner_axis(source);
  return to_inner && from_inner && *to_inner != *from_inner && !destination.is_empty();
}

bool copy_transposed(const AnyView& destination, const AnyConstView& source, const Context& context) {
  if (!is_transposed(destination.layout(), source.layout())) return false;
  Transposition(destination, source, *inner_axis(source.layout()), *inner_axis(destination.layout())).run(context);
  return true;
}

}  // namespace imgbuf::walk
