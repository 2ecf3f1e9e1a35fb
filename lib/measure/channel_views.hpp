#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "imgbuf/format.hpp"
#include "imgbuf/view.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::measure {

/// Channels that are walked together: interleaved ones share their cache lines, and a bounded number of them keeps what
/// is gathered of each bounded.
inline constexpr std::size_t most_channels_at_once = 8;

/// Rows of a band, which one thread takes at a time.
inline constexpr std::ptrdiff_t band_rows = 64;

/// The channels of a picture, each of shape (height, width).
/// @throws Error{invalid_argument} unless the view is of rank 2 or 3
[[nodiscard]] std::vector<AnyConstView> channel_views(const AnyConstView& view);

/// "(480, 640, 3)".
[[nodiscard]] std::string shape_text(const Layout& layout);

/// Calls `f(first, count)` for slabs of whole bands of rows, in order, and tells the progress after each. The slabs
/// depend on the shape alone; each is some milliseconds' work.
/// @param done, total  rows for the progress: done before, and in all
/// @throws Error{cancelled}; what `f` throws
template <class F>
void for_each_slab(std::ptrdiff_t height, std::ptrdiff_t row_elements, const Context& context, std::int64_t done,
                   std::int64_t total, F&& f) {
  constexpr std::ptrdiff_t elements = std::ptrdiff_t{1} << 23;
  const std::ptrdiff_t bands = elements / (std::max<std::ptrdiff_t>(row_elements, 1) * band_rows);
  const std::ptrdiff_t rows = band_rows * std::clamp<std::ptrdiff_t>(bands, 1, 64);
  for (std::ptrdiff_t first = 0; first < height; first += rows) {
    const std::ptrdiff_t count = std::min(rows, height - first);
    context.check_cancelled();
    f(first, count);
    context.progress(done + first + count, total);
  }
}

/// Calls `f` with a value of the type in which kernels see elements of `type`: f16 as float, all others as they are.
template <class F>
decltype(auto) with_seen_type(ElementType type, F&& f) {
  switch (type) {
    case ElementType::u8:
      return f(std::uint8_t{});
    case ElementType::i8:
      return f(std::int8_t{});
    case ElementType::u16:
      return f(std::uint16_t{});
    case ElementType::i16:
      return f(std::int16_t{});
    case ElementType::u32:
      return f(std::uint32_t{});
    case ElementType::i32:
      return f(std::int32_t{});
    case ElementType::f16:
    case ElementType::f32:
      return f(float{});
    case ElementType::f64:
      break;
  }
  return f(double{});
}

/// Several views of one shape as operands of a walk, seen as const T.
template <class T>
class ReadOperands {
 public:
  void add(const AnyConstView& view) { seen_.emplace_back(view); }
  /// Valid until something is added.
  [[nodiscard]] std::vector<WalkOperand> operands() const {
    std::vector<WalkOperand> operands;
    for (const SeenAs<const T>& seen : seen_) operands.push_back(seen.operand());
    return operands;
  }

 private:
  std::vector<SeenAs<const T>> seen_;
};

/// One operand's row of a block.
template <class T>
[[nodiscard]] Run<const T> run_of(const Block& block, std::size_t operand, std::ptrdiff_t row) noexcept {
  const std::byte* const start = block.pointers[operand] + row * block.row_byte_strides[operand];
  return {reinterpret_cast<const T*>(start), block.columns, block.column_byte_strides[operand]};
}

}  // namespace imgbuf::measure
