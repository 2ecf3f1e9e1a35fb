#pragma once

#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <span>

#include "imgbuf/export.hpp"
#include "imgbuf/grid_view.hpp"
#include "imgbuf/inline_vector.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// Where an element lies, and how far one may go from it by strides alone.
template <class Byte>
class Location {
 public:
  /// Indices [begin, end) of an axis that are `byte_stride` apart; a single one where going on means another pointer.
  struct Range {
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;
    std::ptrdiff_t byte_stride = 0;
  };

  Location(Byte* pointer, std::span<const std::ptrdiff_t> index, InlineVector<Range, 4> box)
      : pointer_(pointer), index_(index.data(), index.size()), box_(std::move(box)) {}

  /// The element that was asked for.
  [[nodiscard]] Byte* pointer() const noexcept { return pointer_; }
  /// For each axis of the view, the indices for which the strides hold; the index that was asked for is among them.
  [[nodiscard]] std::span<const Range> box() const noexcept { return {box_.data(), box_.size()}; }

  /// Whether an element of the view can be reached from here. @pre as many indices as axes
  [[nodiscard]] bool contains(std::span<const std::ptrdiff_t> index) const noexcept {
    assert(index.size() == box_.size());
    for (std::size_t a = 0; a < box_.size(); ++a)
      if (index[a] < box_[a].begin || index[a] >= box_[a].end) return false;
    return true;
  }
  [[nodiscard]] bool contains(std::initializer_list<std::ptrdiff_t> index) const noexcept {
    return contains(std::span(index.begin(), index.size()));
  }

  /// The address of an element inside the box. @pre contains(index)
  [[nodiscard]] Byte* address(std::span<const std::ptrdiff_t> index) const noexcept {
    assert(contains(index));
    Byte* p = pointer_;
    for (std::size_t a = 0; a < box_.size(); ++a) p += (index[a] - index_[a]) * box_[a].byte_stride;
    return p;
  }
  [[nodiscard]] Byte* address(std::initializer_list<std::ptrdiff_t> index) const noexcept {
    return address(std::span(index.begin(), index.size()));
  }

 private:
  Byte* pointer_;
  InlineVector<std::ptrdiff_t, 4> index_;
  InlineVector<Range, 4> box_;
};

/// Finds an element and the box of indices around it that lies behind the same pointers: for code that reads an image
/// here and there and wants to follow pointers once for many elements. Valid as long as the view's memory.
/// @throws Error{invalid_argument} unless there is one index for each axis and each lies inside its extent
[[nodiscard]] IMGBUF_API Location<std::byte> locate(const AnyView& view, std::span<const std::ptrdiff_t> index);
[[nodiscard]] IMGBUF_API Location<const std::byte> locate(const AnyConstView& view,
                                                          std::span<const std::ptrdiff_t> index);
/// The same in a grid, where a box does not leave the cell.
[[nodiscard]] IMGBUF_API Location<std::byte> locate(const GridView& view, std::span<const std::ptrdiff_t> index);
[[nodiscard]] IMGBUF_API Location<const std::byte> locate(const GridConstView& view,
                                                          std::span<const std::ptrdiff_t> index);
[[nodiscard]] inline Location<std::byte> locate(const AnyView& view, std::initializer_list<std::ptrdiff_t> index) {
  return locate(view, std::span(index.begin(), index.size()));
}
[[nodiscard]] inline Location<const std::byte> locate(const AnyConstView& view,
                                                      std::initializer_list<std::ptrdiff_t> index) {
  return locate(view, std::span(index.begin(), index.size()));
}

template <bool Writable>
[[nodiscard]] auto locate(const BasicGridView<Writable>& view, std::initializer_list<std::ptrdiff_t> index) {
  return locate(view, std::span(index.begin(), index.size()));
}

}  // namespace imgbuf
