#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/function_ref.hpp"
#include "imgbuf/grid_image.hpp"
#include "imgbuf/grid_view.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// A stretch of elements at one constant stride: what a kernel sees of one operand.
template <class T>
struct Run {
  T* data = nullptr;
  std::ptrdiff_t size = 0;         ///< elements
  std::ptrdiff_t byte_stride = 0;  ///< from one element to the next; may be negative or 0

  [[nodiscard]] bool is_contiguous() const noexcept { return byte_stride == static_cast<std::ptrdiff_t>(sizeof(T)); }
  /// @pre is_contiguous()
  [[nodiscard]] std::span<T> span() const noexcept { return {data, static_cast<std::size_t>(size)}; }
  /// To read only.
  operator Run<const T>() const noexcept requires(!std::is_const_v<T>) {  // NOLINT: gaining const is implicit
    return {data, size, byte_stride};
  }
  [[nodiscard]] T& operator[](std::ptrdiff_t i) const noexcept {
    using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
    return *reinterpret_cast<T*>(reinterpret_cast<Byte*>(data) + i * byte_stride);
  }
};

/// What a kernel does with an operand's elements.
enum class Use : unsigned char {
  read,
  write,   ///< sets every element without having looked at it
  update,  ///< looks at elements and sets them, or leaves them
};

/// One operand of a walk: where its elements are, and what the kernel sees of them. They are at an origin and a layout,
/// or in the cells of a grid.
struct WalkOperand {
  std::byte* origin = nullptr;
  const Layout* layout = nullptr;
  std::ptrdiff_t itemsize = 1;  ///< bytes of an element in memory, >= 1
  Use use = Use::update;
  /// Set when the kernel must not see the elements where they are because they have another type or byte order than
  /// `seen_as` or are misaligned: they then pass through scratch memory as native, packed elements of that type.
  bool is_foreign = false;
  Format format = {};                     ///< of the elements in memory, when foreign
  ElementType seen_as = ElementType::u8;  ///< what the kernel sees, when foreign; not f16
  const GridGeometry* grid = nullptr;     ///< when set, origin and layout are not used
};

/// What a type-erased kernel is called with: `rows` runs of `columns` elements each, of every operand. The elements of
/// operand i are at pointers[i] + r * row_byte_strides[i] + c * column_byte_strides[i].
struct Block {
  std::ptrdiff_t rows = 0;
  std::ptrdiff_t columns = 0;
  std::span<std::byte* const> pointers;
  std::span<const std::ptrdiff_t> row_byte_strides;
  std::span<const std::ptrdiff_t> column_byte_strides;
  bool unit_columns = false;  ///< every operand's elements are packed along a row of the block
};

/// Visits every index of N operands of one logical shape, whatever their layouts, in blocks. The plan drops axes of
/// extent 1, orders the axes (outer indirections outermost, then by |stride|), merges what is one stretch for every
/// operand, and splits the outermost work over `context.executor()`. The order of the visits is unspecified; no element
/// is visited twice, so that a kernel without memory gives the same result on any number of threads.
///
/// Where operands are grids, the walk is cut at the edges of all their cells; a block never crosses one. Boxes between
/// the cuts that have the same form share a plan. Threads get whole boxes, or parts of them when there are few.
///
/// Elements that a kernel cannot see where they are pass through scratch memory, at most 64 KiB a thread: foreign ones,
/// and those of operands whose pointers stand on the axis along which another operand is walked. The bytes moved are
/// added to the context's `scratch_bytes`.
///
/// Overlap. An operand that is only read may be the one that is written, index for index (at equal addresses, through
/// whatever tables): that is in place. If one that is read shares memory with one that is written in any other way, the
/// walk reads a temporary copy of it, as if all had been read before anything was written; its bytes are added to
/// `copied_bytes`, and `Context::allow_copies` can refuse it. Memory that rewiring has mapped twice is recognised.
///
/// @throws Error{invalid_argument} when the shapes differ, when a written operand repeats an element, or when two written
///         operands share memory; Error{copy_required}; Error{out_of_memory}; Error{cancelled}; whatever `kernel` throws, once
IMGBUF_API void walk_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                            const Context& context);

/// A walk whose kernel gathers something. The blocks are divided into parts that depend on the operands alone and not on
/// the number of threads; the blocks of one part come one after the other, in the same order every time.
/// @param prepare  called once, before all blocks, with the number of parts (0 when there is no element)
/// @throws as `walk_blocks`
IMGBUF_API void walk_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t part_count)> prepare,
                           FunctionRef<void(std::ptrdiff_t part, const Block&)> kernel, const Context& context);

namespace detail {
/// `layout` is left null.
IMGBUF_API WalkOperand foreign_operand(const AnyConstView& view, ElementType type, std::size_t alignment, Use use);
/// `grid` is left null. Foreign as a whole when elements of any cell are.
IMGBUF_API WalkOperand foreign_operand(const GridConstView& view, ElementType type, std::size_t alignment, Use use);
}  // namespace detail

/// Elements of any format, byte order and alignment that a kernel sees as native T (`const T` to read them). Made by
/// `seen_as`; borrows the elements like a view.
template <class T>
class SeenAs {
 public:
  explicit SeenAs(const AnyConstView& view)
      : layout_(view.layout()),
        operand_(detail::foreign_operand(view, element_type_of<T>(), alignof(T),
                                         std::is_const_v<T> ? Use::read : Use::update)) {}

  /// Valid as long as this object.
  [[nodiscard]] WalkOperand operand() const noexcept {
    WalkOperand result = operand_;
    result.layout = &layout_;
    return result;
  }

 private:
  Layout layout_;
  WalkOperand operand_;
};

/// The same for elements in the cells of a grid, each cell of which is looked at once when this is made.
template <class T>
class GridSeenAs {
 public:
  explicit GridSeenAs(const GridConstView& view)
      : geometry_(view.geometry()),
        operand_(detail::foreign_operand(view, element_type_of<T>(), alignof(T),
                                         std::is_const_v<T> ? Use::read : Use::update)) {}

  /// Valid as long as this object.
  [[nodiscard]] WalkOperand operand() const noexcept {
    WalkOperand result = operand_;
    result.grid = &geometry_;
    return result;
  }

 private:
  GridGeometry geometry_;
  WalkOperand operand_;
};

/// An operand for `for_each_run`, `transform` and `reduce` whose elements become T on the way in and their own type on the
/// way out. Nothing is converted where they are native, aligned T already, and an element that a kernel leaves as it saw it
/// stays what it was.
///
/// Values are kept, not scales: the u8 255 is the f32 255.0. What the target cannot hold becomes its nearest value: numbers
/// are clamped, fractions rounded half to even, NaN becomes the integer 0; floating point that is too large for a
/// smaller floating point becomes infinity. For samples as fractions of full scale use a `PixelConverter`.
///
///     transform(context, [](float a, float b) { return (a + b) / 2; }, seen_as<float>(out),
///               seen_as<const float>(big_endian), seen_as<const float>(half_precision));
template <class T>
requires(!std::is_const_v<T>) [[nodiscard]] SeenAs<T> seen_as(const AnyView& view) {
  return SeenAs<T>(view);
}
template <class T>
requires(std::is_const_v<T>) [[nodiscard]] SeenAs<T> seen_as(const AnyConstView& view) {
  return SeenAs<T>(view);
}
template <class T>
requires(!std::is_const_v<T>) [[nodiscard]] GridSeenAs<T> seen_as(const GridView& view) {
  return GridSeenAs<T>(view);
}
template <class T>
requires(std::is_const_v<T>) [[nodiscard]] GridSeenAs<T> seen_as(const GridConstView& view) {
  return GridSeenAs<T>(view);
}

namespace detail {

template <class T>
WalkOperand walk_operand(const View<T>& view) noexcept {
  return {const_cast<std::byte*>(reinterpret_cast<const std::byte*>(view.origin())), &view.layout(),
          static_cast<std::ptrdiff_t>(sizeof(T)), std::is_const_v<T> ? Use::read : Use::update};
}
template <class T>
WalkOperand walk_operand(const SeenAs<T>& seen) noexcept {
  return seen.operand();
}
template <class T>
WalkOperand walk_operand(const GridSeenAs<T>& seen) noexcept {
  return seen.operand();
}

inline WalkOperand with_use(WalkOperand operand, Use use) noexcept {
  operand.use = use;
  return operand;
}

/// The type in which a kernel sees an operand.
template <class Operand>
struct SeenType;
template <class T>
struct SeenType<View<T>> {
  using type = T;
};
template <class T>
struct SeenType<SeenAs<T>> {
  using type = T;
};
template <class T>
struct SeenType<GridSeenAs<T>> {
  using type = T;
};
template <class Operand>
using seen_type = typename SeenType<Operand>::type;

/// Calls `f` with the runs of each row of a block.
template <class... Ts, class F>
void for_each_row(const Block& block, F&& f) {
  for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      f(Run<Ts>{reinterpret_cast<Ts*>(block.pointers[I] + r * block.row_byte_strides[I]), block.columns,
                block.column_byte_strides[I]}...);
    }
    (std::index_sequence_for<Ts...>{});
  }
}

}  // namespace detail

/// Calls `f(Run<T0>, Run<T1>, …)` for stretches that together cover all elements once. The operands (`View<T>`,
/// `seen_as<T>(any_view)` or `seen_as<T>(grid_view)`) share one shape; runs passed together have the same size and
/// belong to the same indices. Those of const elements are read, all others count as written: make const
/// (`View<const T>(view)`) what `f` only reads. Order unspecified; `f` is called from several threads at once when the
/// context's executor has them.
///
///     for_each_run(context, [](Run<std::uint8_t> out, Run<const std::uint8_t> in) { … }, out_view, in_view);
///
/// @throws as `walk_blocks`
template <class F, class... Operands>
void for_each_run(const Context& context, F&& f, const Operands&... operands) {
  const std::array<WalkOperand, sizeof...(Operands)> all{detail::walk_operand(operands)...};
  walk_blocks(
      all, [&f](const Block& block) { detail::for_each_row<detail::seen_type<Operands>...>(block, f); }, context);
}

/// Sets each element of `destination` to `op` of the elements of `sources` at the same index. In place is fine. `op` is
/// called from several threads at once when the context's executor has them.
/// @throws as `walk_blocks`
template <class Op, class Destination, class... Sources>
void transform(const Context& context, Op op, const Destination& destination, const Sources&... sources) {
  using D = detail::seen_type<Destination>;
  static_assert(!std::is_const_v<D>, "the destination of a transform is written");
  const auto kernel = [&op](Run<D> out, Run<detail::seen_type<Sources>>... in) {
    if (out.is_contiguous() && (in.is_contiguous() && ...)) {
      D* o = out.data;
      [&]<std::size_t... I>(std::index_sequence<I...>, std::tuple<detail::seen_type<Sources>*...> pointers) {
        for (std::ptrdiff_t i = 0; i < out.size; ++i) o[i] = static_cast<D>(op(std::get<I>(pointers)[i]...));
      }
      (std::index_sequence_for<Sources...>{}, std::tuple<detail::seen_type<Sources>*...>(in.data...));
    } else {
      for (std::ptrdiff_t i = 0; i < out.size; ++i) out[i] = static_cast<D>(op(in[i]...));
    }
  };
  const std::array<WalkOperand, 1 + sizeof...(Sources)> all{
      detail::with_use(detail::walk_operand(destination), Use::write),
      detail::with_use(detail::walk_operand(sources), Use::read)...};
  walk_blocks(
      all, [&kernel](const Block& block) { detail::for_each_row<D, detail::seen_type<Sources>...>(block, kernel); },
      context);
}

/// One value from all elements, which are only read: `accumulate(partial, Run<const T0>, Run<const T1>, …)` takes a stretch into a partial result that began
/// as `identity`, and `combine(a, b)` makes one result of two. The partial results are those of fixed parts and are
/// combined in a fixed order, so that the value, floating point included, does not depend on the number of threads.
///
///     const double sum = reduce(context, 0.0, [](double& s, Run<const float> run) { for (float v : run.span()) s += v; },
///                               std::plus<>(), view);      // the span: where runs are known to be contiguous
///
/// @returns identity when there is no element
/// @throws as `walk_blocks`
template <class R, class Accumulate, class Combine, class... Operands>
[[nodiscard]] R reduce(const Context& context, R identity, Accumulate&& accumulate, Combine&& combine,
                       const Operands&... operands) {
  const std::array<WalkOperand, sizeof...(Operands)> all{
      detail::with_use(detail::walk_operand(operands), Use::read)...};
  struct Partial {  // of its own, because neighbours in a vector<bool> share a byte
    R value;
  };
  std::vector<Partial> partials;
  walk_parts(
      all, [&](std::ptrdiff_t parts) { partials.assign(static_cast<std::size_t>(parts), Partial{identity}); },
      [&](std::ptrdiff_t part, const Block& block) {
        // A local, because partial results are neighbours in memory and other threads write theirs.
        R partial = std::move(partials[static_cast<std::size_t>(part)].value);
        detail::for_each_row<detail::seen_type<Operands>...>(block,
                                                             [&](auto... runs) { accumulate(partial, runs...); });
        partials[static_cast<std::size_t>(part)].value = std::move(partial);
      },
      context);
  R result = std::move(identity);
  for (Partial& partial : partials) result = combine(std::move(result), std::move(partial.value));
  return result;
}

/// Copies every element of `source` to the same index of `destination`: equal shapes and element types; byte orders may
/// differ. When the two overlap, `destination` ends up with what `source` held before (see `walk_blocks`).
/// @throws Error{invalid_argument} when shapes differ or the destination repeats an element; Error{format_mismatch} when
///         element types differ (`transform` with `seen_as` converts); otherwise as `walk_blocks`
IMGBUF_API void copy(const AnyView& destination, const AnyConstView& source, const Context& context);
IMGBUF_API void copy(const AnyView& destination, const AnyConstView& source);

/// The same where one of the two, or both, lie in the cells of a grid.
IMGBUF_API void copy(const AnyView& destination, const GridConstView& source, const Context& context);
IMGBUF_API void copy(const GridView& destination, const AnyConstView& source, const Context& context);
IMGBUF_API void copy(const GridView& destination, const GridConstView& source, const Context& context);

/// New memory with the elements of an array, in the order of an arrangement.
/// @param format  of the copy: the same element type in either byte order
/// @throws as `Array::allocate` and `copy`
[[nodiscard]] IMGBUF_API Array copy_of(const Array& array, Format format, const Arrangement& arrangement,
                                       const Context& context);

/// The same with the elements of a grid.
[[nodiscard]] IMGBUF_API Array copy_of(const GridConstView& view, Format format, const Arrangement& arrangement,
                                       const Context& context);

/// An image of new memory with the pixels of an image in cells.
/// @throws as `Image::allocate` and `copy`
[[nodiscard]] IMGBUF_API Image copy_of(const GridImage& image, const Arrangement& arrangement, const Context& context);

}  // namespace imgbuf
