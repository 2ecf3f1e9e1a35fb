#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace imgbuf::fuzz {

/// A fuzzer's input: a file, and behind it a block that chooses what is done with the file, known by the mark at its
/// end. Any picture is an input as it is; without a block all choices are the first ones.
struct Input {
  std::span<const std::uint8_t> file;
  std::span<const std::uint8_t> choices;

  static constexpr std::size_t choice_count = 32;
  static constexpr std::string_view mark = "\nchoices";
  static constexpr std::size_t block_bytes = choice_count + mark.size();

  explicit Input(std::span<const std::uint8_t> bytes) : file(bytes) {
    if (bytes.size() < block_bytes) return;
    const auto is_mark = [](std::uint8_t byte, char letter) { return byte == static_cast<std::uint8_t>(letter); };
    if (!std::equal(bytes.end() - mark.size(), bytes.end(), mark.begin(), is_mark)) return;
    file = bytes.first(bytes.size() - block_bytes);
    choices = bytes.subspan(file.size(), choice_count);
  }
};

/// The choices of an input, one after the other.
class Choices {
 public:
  explicit Choices(const Input& input) : Choices(input.choices) {}
  /// For a target whose input is nothing but choices.
  explicit Choices(std::span<const std::uint8_t> bytes) : left_(bytes) {}

  [[nodiscard]] bool at_end() const { return left_.empty(); }

  /// The next byte; 0 when there is none.
  [[nodiscard]] std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t value = left_.front();
    left_ = left_.subspan(1);
    return value;
  }
  [[nodiscard]] bool yes() { return (byte() & 1) != 0; }
  /// 0..count-1. @pre count >= 1
  [[nodiscard]] std::ptrdiff_t below(std::ptrdiff_t count) {
    const int high = byte();
    return (high * 256 + byte()) % count;
  }
  template <class Values>
  [[nodiscard]] const auto& one_of(const Values& values) {
    return std::data(values)[below(static_cast<std::ptrdiff_t>(std::size(values)))];
  }
  /// Any number: mostly small, often at a limit.
  [[nodiscard]] std::ptrdiff_t number() {
    constexpr std::ptrdiff_t largest = std::numeric_limits<std::ptrdiff_t>::max();
    static constexpr std::ptrdiff_t limits[] = {largest,         largest - 16, largest - 15,   -largest, -largest - 1,
                                                largest / 2 + 1, largest / 3,  -(largest / 2), 1 << 30};
    const int kind = byte() % 16;
    if (kind < 10) return static_cast<std::int8_t>(byte());
    if (kind < 13) return static_cast<std::ptrdiff_t>(sizeof(void*)) * static_cast<std::int8_t>(byte());
    if (kind < 15) return one_of(limits);
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | byte();
    return static_cast<std::ptrdiff_t>(bits);
  }

 private:
  std::span<const std::uint8_t> left_;
};

}  // namespace imgbuf::fuzz
