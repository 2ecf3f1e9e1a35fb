#pragma once

#include <array>
#include <cstdint>

namespace imgbuf::samples {

inline constexpr int letter_rows = 7;
inline constexpr int letter_columns = 5;

/// A row a number, the leftmost cell in the highest of 5 bits.
using Letter = std::array<std::uint8_t, letter_rows>;

/// Small letters, digits and some signs; nothing is drawn for others.
[[nodiscard]] const Letter& letter_of(char c) noexcept;

}  // namespace imgbuf::samples
