#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf {

namespace detail {
/// Why elements of `format` at `origin` cannot be used as native, aligned `type`; nothing when they can.
IMGBUF_API std::optional<Error> typed_access_error(const std::byte* origin, const Layout& layout, Format format,
                                                   ElementType type, std::size_t alignment);
/// @throws what `typed_access_error` says. Each
/// pointer slot is read once, however many indices share it.
IMGBUF_API void require_typed(const std::byte* origin, const Layout& layout, Format format, ElementType type,
                              std::size_t alignment);
/// Follows leading pointers whose level has no axis left. Never follows one of an empty layout.
/// @return the new origin
IMGBUF_API std::byte* follow_leading_pointers(std::byte* origin, Layout& layout) noexcept;
}  // namespace detail

template <class T>
class View;

/// Elements that somebody else owns: an origin, a layout and a format. Cheap to copy; its `const` is shallow, like a
/// span's. `AnyView` may write, `AnyConstView` may not; the first converts to the second. A moved-from view may only be
/// assigned to or destroyed.
/// The memory must outlive the view; an `Image` is a view that keeps it alive.
template <bool Writable>
class BasicAnyView {
 public:
  using byte_type = std::conditional_t<Writable, std::byte, const std::byte>;

  BasicAnyView() = default;
  BasicAnyView(byte_type* origin, Layout layout, Format format)
      : origin_(const_cast<std::byte*>(origin)), layout_(std::move(layout)), format_(format) {}

  template <bool Other>
  requires(Other && !Writable) BasicAnyView(const BasicAnyView<Other>& other)  // NOLINT: gaining const is implicit
      : BasicAnyView(other.origin(), other.layout(), other.format()) {}

  template <class T>
  requires(!Writable || !std::is_const_v<T>)
      BasicAnyView(const View<T>& view);  // NOLINT: forgetting the type is implicit

  [[nodiscard]] byte_type* origin() const noexcept { return origin_; }
  [[nodiscard]] const Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] Format format() const noexcept { return format_; }
  [[nodiscard]] int rank() const noexcept { return layout_.rank(); }
  [[nodiscard]] std::ptrdiff_t extent(int axis) const { return layout_.extent(axis); }
  [[nodiscard]] bool is_empty() const noexcept { return layout_.is_empty(); }

  /// The address of an element. @pre as many indices as the view has axes, each inside its extent
  [[nodiscard]] byte_type* address(std::span<const std::ptrdiff_t> index) const noexcept {
    assert(static_cast<int>(index.size()) == rank());
    return layout_.address(origin_, index);
  }
  [[nodiscard]] byte_type* address(std::initializer_list<std::ptrdiff_t> index) const noexcept {
    return address(std::span(index.begin(), index.size()));
  }

  // Sub-views over the same memory; arguments and errors as for the operations of `Layout`. A leading pointer whose
  // level has no axis left is followed, so that a row of a row-pointer image is direct.
  [[nodiscard]] BasicAnyView index(int axis, std::ptrdiff_t i) const { return rebased(layout_.index(axis, i)); }
  [[nodiscard]] BasicAnyView slice(int axis, const Slice& s) const { return rebased(layout_.slice(axis, s)); }
  [[nodiscard]] BasicAnyView window(int axis, std::ptrdiff_t start, std::ptrdiff_t count) const {
    return rebased(layout_.window(axis, start, count));
  }
  [[nodiscard]] BasicAnyView crop(std::span<const std::ptrdiff_t> starts,
                                  std::span<const std::ptrdiff_t> counts) const {
    return rebased(layout_.crop(starts, counts));
  }
  [[nodiscard]] BasicAnyView crop(std::initializer_list<std::ptrdiff_t> starts,
                                  std::initializer_list<std::ptrdiff_t> counts) const {
    return rebased(layout_.crop(starts, counts));
  }
  [[nodiscard]] BasicAnyView select(int axis, std::span<const std::ptrdiff_t> indices) const {
    return rebased(layout_.select(axis, indices));
  }
  [[nodiscard]] BasicAnyView select(int axis, std::initializer_list<std::ptrdiff_t> indices) const {
    return rebased(layout_.select(axis, indices));
  }
  [[nodiscard]] BasicAnyView flip(int axis) const { return rebased(layout_.flip(axis)); }
  [[nodiscard]] BasicAnyView permute(std::span<const int> order) const { return with(layout_.permute(order)); }
  [[nodiscard]] BasicAnyView permute(std::initializer_list<int> order) const { return with(layout_.permute(order)); }
  [[nodiscard]] BasicAnyView transpose() const { return with(layout_.transpose()); }
  [[nodiscard]] BasicAnyView insert_axis(int position) const { return with(layout_.insert_axis(position)); }
  [[nodiscard]] BasicAnyView drop_axis(int axis) const { return rebased({layout_.drop_axis(axis), 0}); }
  [[nodiscard]] BasicAnyView squeeze() const { return rebased({layout_.squeeze(), 0}); }
  [[nodiscard]] BasicAnyView broadcast(int axis, std::ptrdiff_t extent) const {
    return with(layout_.broadcast(axis, extent));
  }
  [[nodiscard]] BasicAnyView broadcast_to(std::span<const std::ptrdiff_t> shape) const {
    return with(layout_.broadcast_to(shape));
  }
  [[nodiscard]] BasicAnyView broadcast_to(std::initializer_list<std::ptrdiff_t> shape) const {
    return with(layout_.broadcast_to(shape));
  }

  /// The same memory as elements of type T. For elements of more than one byte behind pointers, each pointer is checked
  /// once, in time linear in the tables' slots.
  /// @throws Error{format_mismatch} when the format is another, byte-swapped, or some element is misaligned
  template <class T>
  requires(Writable || std::is_const_v<T>) [[nodiscard]] View<T> as() const {
    detail::require_typed(origin_, layout_, format_, element_type_of<T>(), alignof(T));
    return View<T>(reinterpret_cast<T*>(origin_), layout_, typename View<T>::checked{});
  }

 private:
  [[nodiscard]] BasicAnyView rebased(Rebased r) const {
    std::byte* const moved = r.layout.is_empty() ? origin_ : origin_ + r.origin_offset_bytes;
    byte_type* const origin = detail::follow_leading_pointers(moved, r.layout);
    return BasicAnyView(origin, std::move(r.layout), format_);
  }
  [[nodiscard]] BasicAnyView with(Layout layout) const { return BasicAnyView(origin_, std::move(layout), format_); }

  std::byte* origin_ = nullptr;
  Layout layout_{{0, 1, 0}};  // a view of nothing has no element
  Format format_;
};

/// A view whose elements may be written.
using AnyView = BasicAnyView<true>;
/// A view whose elements may only be read.
using AnyConstView = BasicAnyView<false>;

/// A view of native, aligned elements of type T (`const T` for read-only). Made by `AnyView::as`.
template <class T>
class View {
 public:
  using element_type = T;
  struct checked {};  ///< says that the caller has checked format and alignment

  View() = default;
  View(T* origin, Layout layout, checked) : origin_(origin), layout_(std::move(layout)) {}
  /// Over memory that holds T's by construction: strides must be multiples of alignof(T).
  /// @throws Error{format_mismatch} when they are not
  View(T* origin, Layout layout) : origin_(origin), layout_(std::move(layout)) {
    detail::require_typed(reinterpret_cast<const std::byte*>(origin), layout_, element_type_of<T>(),
                          element_type_of<T>(), alignof(T));
  }

  template <class U>
  requires(std::is_same_v<const U, T>) View(const View<U>& other)
      : origin_(other.origin()), layout_(other.layout()) {}  // NOLINT: gaining const is implicit

  [[nodiscard]] T* origin() const noexcept { return origin_; }
  [[nodiscard]] const Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] int rank() const noexcept { return layout_.rank(); }
  [[nodiscard]] std::ptrdiff_t extent(int axis) const { return layout_.extent(axis); }

  /// The element at an index. @pre as many indices as the view has axes, each inside its extent
  template <class... Indices>
  [[nodiscard]] T& operator()(Indices... index) const noexcept {
    assert(static_cast<int>(sizeof...(Indices)) == rank());
    const std::ptrdiff_t at[] = {static_cast<std::ptrdiff_t>(index)...};
    auto* bytes = const_cast<std::byte*>(reinterpret_cast<const std::byte*>(origin_));
    return *reinterpret_cast<T*>(layout_.address(bytes, std::span<const std::ptrdiff_t>(at)));
  }

 private:
  T* origin_ = nullptr;
  Layout layout_{{0, sizeof(T), 0}};  // a view of nothing has no element
};

template <bool Writable>
template <class T>
requires(!Writable || !std::is_const_v<T>) BasicAnyView<Writable>::BasicAnyView(const View<T>& view)
    : BasicAnyView(reinterpret_cast<byte_type*>(view.origin()), view.layout(), Format(element_type_of<T>())) {}

extern template class IMGBUF_API BasicAnyView<true>;
extern template class IMGBUF_API BasicAnyView<false>;

}  // namespace imgbuf
