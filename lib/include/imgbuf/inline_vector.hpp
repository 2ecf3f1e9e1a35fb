#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <type_traits>

namespace imgbuf {

/// A vector of small trivial values that holds its first N elements without allocating.
/// Layouts use it so that images of ordinary rank never touch the heap.
template <class T, std::size_t N>
class InlineVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  InlineVector() = default;
  InlineVector(std::initializer_list<T> values) { assign(values.begin(), values.size()); }
  InlineVector(const T* values, std::size_t count) { assign(values, count); }
  InlineVector(const InlineVector& other) { assign(other.data(), other.size()); }
  InlineVector(InlineVector&& other) noexcept { steal(other); }
  InlineVector& operator=(const InlineVector& other) {
    if (this != &other) assign(other.data(), other.size());
    return *this;
  }
  InlineVector& operator=(InlineVector&& other) noexcept {
    if (this != &other) steal(other);
    return *this;
  }
  ~InlineVector() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] T* data() noexcept { return heap_ ? heap_.get() : inline_.data(); }
  [[nodiscard]] const T* data() const noexcept { return heap_ ? heap_.get() : inline_.data(); }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data()[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return data()[i]; }
  [[nodiscard]] T* begin() noexcept { return data(); }
  [[nodiscard]] T* end() noexcept { return data() + size_; }
  [[nodiscard]] const T* begin() const noexcept { return data(); }
  [[nodiscard]] const T* end() const noexcept { return data() + size_; }

  void push_back(const T& value) { insert(size_, value); }

  /// Inserts before `position` (0..size()).
  void insert(std::size_t position, const T& value) {
    const T copy = value;
    reserve(size_ + 1);
    T* d = data();
    std::copy_backward(d + position, d + size_, d + size_ + 1);
    d[position] = copy;
    ++size_;
  }

  void erase(std::size_t position) noexcept {
    T* d = data();
    std::copy(d + position + 1, d + size_, d + position);
    --size_;
  }

  friend bool operator==(const InlineVector& a, const InlineVector& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  void assign(const T* values, std::size_t count) {
    reserve(count);
    std::copy_n(values, count, data());
    size_ = count;
  }

  void reserve(std::size_t count) {
    if (count <= capacity_) return;
    const std::size_t grown = std::max(count, 2 * capacity_);
    auto bigger = std::make_unique<T[]>(grown);
    std::copy_n(data(), size_, bigger.get());
    heap_ = std::move(bigger);
    capacity_ = grown;
  }

  void steal(InlineVector& other) noexcept {
    heap_ = std::move(other.heap_);
    inline_ = other.inline_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    other.size_ = 0;
    other.capacity_ = N;
  }

  std::size_t size_ = 0;
  std::size_t capacity_ = N;
  std::array<T, N> inline_{};
  std::unique_ptr<T[]> heap_;
};

}  // namespace imgbuf
