#pragma once

#include <compare>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>

#include "imgbuf/error.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/inline_vector.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

namespace detail {

/// Elements in logical order as rows of one length at one stride. Where a row begins is the sum over the axes before it.
struct ElementRows {
  struct RowAxis {
    std::ptrdiff_t extent = 1;
    std::ptrdiff_t slot_byte_stride = 0;  ///< among the pointers, when rows lie behind pointers
    std::ptrdiff_t byte_stride = 0;       ///< among the elements
  };

  std::byte* base = nullptr;  ///< the first element, or the first slot
  bool is_indirect = false;   ///< rows lie behind pointers
  std::ptrdiff_t pointer_offset = 0;
  InlineVector<RowAxis, 3> axes;  ///< at least 1, outermost first
  std::ptrdiff_t row_count = 0;
  std::ptrdiff_t row_size = 1;  ///< elements, >= 1
  std::ptrdiff_t byte_stride = 0;
  std::shared_ptr<std::byte*[]> table;  ///< the slots, where more than one pointer leads to a row

  [[nodiscard]] std::byte* row(std::ptrdiff_t index) const noexcept {
    const RowAxis* const first = axes.data();
    std::ptrdiff_t slot = 0, element = 0;
    for (std::size_t a = axes.size() - 1; a > 0; --a) {
      const std::ptrdiff_t i = index % first[a].extent;
      index /= first[a].extent;
      slot += i * first[a].slot_byte_stride;
      element += i * first[a].byte_stride;
    }
    std::byte* p = base + (slot + index * first->slot_byte_stride);
    element += index * first->byte_stride;
    if (!is_indirect) return p + element;
    std::memcpy(&p, p, sizeof p);
    return p + pointer_offset + element;
  }
};

/// @throws Error{out_of_memory}
IMGBUF_API ElementRows element_rows(std::byte* origin, const Layout& layout, std::ptrdiff_t itemsize);
/// The layout without its last axis, whose elements are one pixel.
/// @throws Error{invalid_layout} unless the last axis is packed and `pixel_bytes` long
IMGBUF_API Layout pixel_layout(const Layout& layout, std::ptrdiff_t itemsize, std::ptrdiff_t pixel_bytes);

}  // namespace detail

/// The elements of a view in logical order (last axis fastest) as a random-access range, so that every algorithm of
/// `std::ranges` works on any layout: `std::ranges::sort(elements(view))`. Its iterators are valid as long as it lives.
///
/// A step inside a row costs what a pointer costs, a step to the next row follows the layout; a jump out of the row
/// divides. No iterator over elements can be vectorised as well as a loop over a span: where speed matters, use
/// `rows` or `for_each_run`. Where two and more pointers lead to a row (planes of row pointers), the range holds a table
/// of its own with a pointer for each row of each plane.
template <class T>
class Elements : public std::ranges::view_interface<Elements<T>> {
 public:
  /// Goes over the elements; valid as long as its range.
  class iterator {
   public:
    using value_type = std::remove_cv_t<T>;
    using difference_type = std::ptrdiff_t;
    using reference = T&;
    using pointer = T*;
    using iterator_category = std::random_access_iterator_tag;

    iterator() = default;
    iterator(const detail::ElementRows* rows, std::ptrdiff_t row)
        : row_(row), row_size_(rows->row_size), byte_stride_(rows->byte_stride), rows_(rows) {
      enter(0);
    }

    [[nodiscard]] T& operator*() const noexcept { return *reinterpret_cast<T*>(address_); }
    [[nodiscard]] T* operator->() const noexcept { return reinterpret_cast<T*>(address_); }
    [[nodiscard]] T& operator[](difference_type n) const noexcept { return *(*this + n); }

    iterator& operator++() noexcept {
      address_ += byte_stride_;
      if (++column_ == row_size_) {
        ++row_;
        enter(0);
      }
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator old = *this;
      ++*this;
      return old;
    }
    iterator& operator--() noexcept {
      if (column_ == 0) {
        --row_;
        enter(row_size_);
      }
      --column_;
      address_ -= byte_stride_;
      return *this;
    }
    iterator operator--(int) noexcept {
      iterator old = *this;
      --*this;
      return old;
    }
    iterator& operator+=(difference_type n) noexcept {
      const std::ptrdiff_t column = column_ + n;
      if (column >= 0 && column < row_size_) {
        column_ = column;
        address_ += n * byte_stride_;
      } else {
        const std::ptrdiff_t position = row_ * row_size_ + column;
        row_ = position / row_size_;
        enter(position % row_size_);
      }
      return *this;
    }
    iterator& operator-=(difference_type n) noexcept { return *this += -n; }
    friend iterator operator+(iterator i, difference_type n) noexcept { return i += n; }
    friend iterator operator+(difference_type n, iterator i) noexcept { return i += n; }
    friend iterator operator-(iterator i, difference_type n) noexcept { return i -= n; }
    friend difference_type operator-(const iterator& a, const iterator& b) noexcept {
      return (a.row_ - b.row_) * a.row_size_ + (a.column_ - b.column_);
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.column_ == b.column_ && a.row_ == b.row_;
    }
    friend std::strong_ordering operator<=>(const iterator& a, const iterator& b) noexcept {
      return a.row_ != b.row_ ? a.row_ <=> b.row_ : a.column_ <=> b.column_;
    }

   private:
    /// Goes to a column of the row, whose pointer is only followed when there is such a row.
    void enter(std::ptrdiff_t column) noexcept {
      column_ = column;
      if (row_ < rows_->row_count) address_ = rows_->row(row_) + column * byte_stride_;
    }

    std::byte* address_ = nullptr;
    std::ptrdiff_t column_ = 0;
    std::ptrdiff_t row_ = 0;
    // Copies, because what is written through the iterator could be the range for all the compiler knows.
    std::ptrdiff_t row_size_ = 1;
    std::ptrdiff_t byte_stride_ = 0;
    const detail::ElementRows* rows_ = nullptr;
  };

  Elements() = default;
  explicit Elements(detail::ElementRows rows) : rows_(std::move(rows)) {}

  [[nodiscard]] iterator begin() const noexcept { return {&rows_, 0}; }
  [[nodiscard]] iterator end() const noexcept { return {&rows_, rows_.row_count}; }
  [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<std::size_t>(rows_.row_count) * static_cast<std::size_t>(rows_.row_size);
  }

 private:
  detail::ElementRows rows_;
};

/// All elements of a view, which must outlive the range.
template <class T>
[[nodiscard]] Elements<T> elements(const View<T>& view) {
  auto* origin = const_cast<std::byte*>(reinterpret_cast<const std::byte*>(view.origin()));
  return Elements<T>(detail::element_rows(origin, view.layout(), sizeof(T)));
}

/// The pixels of a view whose last axis holds their channels side by side, as P's: a struct or `std::array` of as many T's.
///
///     struct Rgb { std::uint8_t red, green, blue; };
///     std::ranges::sort(pixels<Rgb>(image.view().as<std::uint8_t>()), {}, &Rgb::green);
///
/// @throws Error{invalid_layout} when the channels are not packed, or are not as many as P holds
template <class P, class T>
[[nodiscard]] auto pixels(const View<T>& view) {
  using Pixel = std::conditional_t<std::is_const_v<T>, const P, P>;
  static_assert(std::is_trivially_copyable_v<P> && alignof(P) <= alignof(T) && sizeof(P) % sizeof(T) == 0);
  auto* origin = const_cast<std::byte*>(reinterpret_cast<const std::byte*>(view.origin()));
  return Elements<Pixel>(
      detail::element_rows(origin, detail::pixel_layout(view.layout(), sizeof(T), sizeof(P)), sizeof(P)));
}

}  // namespace imgbuf
