#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace imgbuf::walk {

/// IEEE 754 binary16, by its bits, because C++20 has no type for it.
inline double half_to_double(std::uint16_t bits) noexcept {
  const int exponent = (bits >> 10) & 0x1F;
  const int fraction = bits & 0x3FF;
  double magnitude = 0;
  if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else if (exponent < 31) {
    magnitude = std::ldexp(1024 + fraction, exponent - 25);
  } else {
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// Rounds half to even; what is too large becomes infinity.
inline std::uint16_t double_to_half(double value) noexcept {
  const unsigned sign = std::signbit(value) ? 0x8000U : 0U;
  const double magnitude = std::abs(value);
  unsigned bits = 0;
  if (std::isnan(value)) {
    bits = 0x7E00;
  } else if (magnitude >= 65520) {  // half way from the largest finite value to the next power of two
    bits = 0x7C00;
  } else if (magnitude < 0x1p-14) {
    bits = static_cast<unsigned>(std::nearbyint(magnitude * 0x1p24));
  } else {
    // A fraction that rounds up to 2048 carries into the exponent, which is the right result.
    const int exponent = std::ilogb(magnitude);
    const auto fraction = static_cast<unsigned>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
    bits = (static_cast<unsigned>(exponent + 15) << 10) + (fraction - 1024);
  }
  return static_cast<std::uint16_t>(sign | bits);
}

}  // namespace imgbuf::walk
