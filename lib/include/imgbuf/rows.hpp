#pragma once

#include <cstddef>
#include <iterator>
#include <span>

#include "imgbuf/error.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

namespace detail {
/// @throws Error{invalid_layout} naming the axis that keeps a row from being one packed run
IMGBUF_API void require_packed_rows(const Layout& layout, std::ptrdiff_t itemsize);
}  // namespace detail

/// The rows of a view as a random-access range of `std::span`: what a person writes first, and the fast path. A row is
/// everything under one index of axis 0; for a picture that is width x channels elements.
template <class T>
class Rows {
 public:
  /// Goes over the rows of a `Rows` that outlives it; `*it` is the row's span.
  class iterator {
   public:
    using value_type = std::span<T>;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;  // for pre-C++20 algorithms: operator* is no reference
    using iterator_concept = std::random_access_iterator_tag;

    iterator() = default;
    iterator(const Rows* rows, std::ptrdiff_t row) : rows_(rows), row_(row) {}

    value_type operator*() const { return (*rows_)[row_]; }
    value_type operator[](difference_type n) const { return (*rows_)[row_ + n]; }
    iterator& operator++() {
      ++row_;
      return *this;
    }
    iterator operator++(int) {
      auto old = *this;
      ++row_;
      return old;
    }
    iterator& operator--() {
      --row_;
      return *this;
    }
    iterator operator--(int) {
      auto old = *this;
      --row_;
      return old;
    }
    iterator& operator+=(difference_type n) {
      row_ += n;
      return *this;
    }
    iterator& operator-=(difference_type n) {
      row_ -= n;
      return *this;
    }
    friend iterator operator+(iterator i, difference_type n) { return i += n; }
    friend iterator operator+(difference_type n, iterator i) { return i += n; }
    friend iterator operator-(iterator i, difference_type n) { return i -= n; }
    friend difference_type operator-(const iterator& a, const iterator& b) { return a.row_ - b.row_; }
    friend bool operator==(const iterator& a, const iterator& b) { return a.row_ == b.row_; }
    friend auto operator<=>(const iterator& a, const iterator& b) { return a.row_ <=> b.row_; }

   private:
    const Rows* rows_ = nullptr;
    std::ptrdiff_t row_ = 0;
  };

  explicit Rows(View<T> view) : view_(std::move(view)) {
    if (view_.rank() < 1) throw Error(ErrorCode::invalid_argument, "rows need a view of at least one axis");
    detail::require_packed_rows(view_.layout(), sizeof(T));
    row_count_ = view_.extent(0);
    for (int a = 1; a < view_.rank(); ++a) row_size_ *= view_.extent(a);
  }

  [[nodiscard]] std::span<T> operator[](std::ptrdiff_t row) const noexcept {
    if (row_size_ == 0) return {};
    std::ptrdiff_t index[Layout::max_rank] = {row};
    auto* origin = const_cast<std::byte*>(reinterpret_cast<const std::byte*>(view_.origin()));
    auto* first = view_.layout().address(origin, {index, static_cast<std::size_t>(view_.rank())});
    return {reinterpret_cast<T*>(first), static_cast<std::size_t>(row_size_)};
  }
  [[nodiscard]] std::ptrdiff_t size() const noexcept { return row_count_; }
  [[nodiscard]] iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] iterator end() const noexcept { return {this, row_count_}; }

 private:
  View<T> view_;
  std::ptrdiff_t row_count_ = 0;
  std::ptrdiff_t row_size_ = 1;
};

/// @throws Error{invalid_layout} naming the axis when a row is not one packed run
template <class T>
[[nodiscard]] Rows<T> rows(const View<T>& view) {
  return Rows<T>(view);
}

}  // namespace imgbuf
