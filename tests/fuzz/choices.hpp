#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace imgbuf::fuzz {

/// What a fuzz target does with a file is chosen by the file's own last bytes, read backwards. Decoders ignore what
/// follows a picture's end, so every picture is an input as it is, and the fuzzer changes the choices by appending.
class Choices {
 public:
  explicit Choices(std::span<const std::byte> file) : left_(file) {}

  /// The next byte; 0 when there is none.
  [[nodiscard]] std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto value = std::to_integer<std::uint8_t>(left_.back());
    left_ = left_.first(left_.size() - 1);
    return value;
  }
  [[nodiscard]] bool yes() { return (byte() & 1) != 0; }
  /// 0..count-1. @pre count >= 1
  [[nodiscard]] std::ptrdiff_t below(std::ptrdiff_t count) { return (byte() * 256 + byte()) % count; }
  template <class T>
  [[nodiscard]] const T& one_of(std::span<const T> values) {
    return values[static_cast<std::size_t>(below(static_cast<std::ptrdiff_t>(values.size())))];
  }

 private:
  std::span<const std::byte> left_;
};

}  // namespace imgbuf::fuzz
