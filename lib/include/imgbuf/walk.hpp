#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/function_ref.hpp"
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
  [[nodiscard]] T& operator[](std::ptrdiff_t i) const noexcept {
    using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;
    return *reinterpret_cast<T*>(reinterpret_cast<Byte*>(data) + i * byte_stride);
  }
};

/// One operand of a walk: where its elements are. Elements are `itemsize` bytes.
struct WalkOperand {
  std::byte* origin = nullptr;
  const Layout* layout = nullptr;
  std::ptrdiff_t itemsize = 1;
};

/// What a type-erased kernel is called with: `rows` runs of `columns` elements each, of every operand. The elements of
/// operand i are at pointers[i] + r * row_byte_strides[i] + c * column_byte_strides[i].
struct Block {
  std::ptrdiff_t rows = 0;
  std::ptrdiff_t columns = 0;
  std::span<std::byte* const> pointers;
  std::span<const std::ptrdiff_t> row_byte_strides;
  std::span<const std::ptrdiff_t> column_byte_strides;
  bool unit_columns = false;  ///< every operand's column stride is its itemsize
};

/// Visits every index of N operands of one logical shape, whatever their layouts, in blocks. The plan drops axes of
/// extent 1, orders the axes (outer indirections outermost, then by |stride|), merges what is one stretch for every
/// operand, and splits the outermost work over `context.executor()`. The order of the visits is unspecified.
///
/// Operands may be the same memory only element for element (in place); other overlap is the caller's error.
/// @throws Error{invalid_argument} when the shapes differ; Error{cancelled}; whatever `kernel` throws, once
IMGBUF_API void walk_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel,
                            const Context& context);

namespace detail {

template <class T>
WalkOperand walk_operand(const View<T>& view) noexcept {
  return {const_cast<std::byte*>(reinterpret_cast<const std::byte*>(view.origin())), &view.layout(),
          static_cast<std::ptrdiff_t>(sizeof(T))};
}

}  // namespace detail

/// Calls `f(Run<T0>, Run<T1>, …)` for stretches that together cover all elements once. The views share one shape; runs
/// passed together have the same size and belong to the same indices. Order unspecified; `f` is called from several
/// threads at once when the context's executor has them.
///
///     for_each_run(context, [](Run<std::uint8_t> out, Run<const std::uint8_t> in) { … }, out_view, in_view);
///
/// @throws as `walk_blocks`
template <class F, class... Ts>
void for_each_run(const Context& context, F&& f, const View<Ts>&... views) {
  const std::array<WalkOperand, sizeof...(Ts)> operands{detail::walk_operand(views)...};
  const auto kernel = [&f](const Block& block) {
    for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        f(Run<Ts>{reinterpret_cast<Ts*>(block.pointers[I] + r * block.row_byte_strides[I]), block.columns,
                  block.column_byte_strides[I]}...);
      }
      (std::index_sequence_for<Ts...>{});
    }
  };
  walk_blocks(operands, kernel, context);
}

/// Sets each element of `destination` to `op` of the elements of `sources` at the same index. In place is fine.
/// @throws as `walk_blocks`
template <class Op, class D, class... Ss>
void transform(const Context& context, Op op, const View<D>& destination, const View<Ss>&... sources) {
  for_each_run(
      context,
      [&op](Run<D> out, Run<Ss>... in) {
        if (out.is_contiguous() && (in.is_contiguous() && ...)) {
          D* o = out.data;
          [&]<std::size_t... I>(std::index_sequence<I...>, std::tuple<Ss*...> pointers) {
            for (std::ptrdiff_t i = 0; i < out.size; ++i) o[i] = static_cast<D>(op(std::get<I>(pointers)[i]...));
          }
          (std::index_sequence_for<Ss...>{}, std::tuple<Ss*...>(in.data...));
        } else {
          for (std::ptrdiff_t i = 0; i < out.size; ++i) out[i] = static_cast<D>(op(in[i]...));
        }
      },
      destination, sources...);
}

/// Copies every element of `source` to the same index of `destination`: equal shapes and element types; byte orders may
/// differ. The two must be the same elements or share no memory.
/// @throws Error{invalid_argument} when shapes differ or an axis of the destination repeats its elements (stride 0);
///         Error{format_mismatch} when element types differ
IMGBUF_API void copy(const AnyView& destination, const AnyConstView& source, const Context& context);
IMGBUF_API void copy(const AnyView& destination, const AnyConstView& source);

}  // namespace imgbuf
