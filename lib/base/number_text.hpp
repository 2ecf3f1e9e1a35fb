#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace imgbuf::base {

/// A number in the fewest digits that give it back: "0.5", "1e+30", "inf", "nan" (which has no sign).
[[nodiscard]] inline std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  std::array<char, 32> digits;  // the longest take 24
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

}  // namespace imgbuf::base
