#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace imgbuf::measure {

/// |a - b|, exact for integers. Two that are equal or both NaN differ by 0, NaN and a number by infinity.
template <class T>
[[nodiscard]] double sample_difference(T a, T b) noexcept {
  if constexpr (std::is_integral_v<T>) {
    using Wide = std::conditional_t<sizeof(T) < 4, int, std::int64_t>;
    const Wide difference = static_cast<Wide>(a) - static_cast<Wide>(b);
    return static_cast<double>(difference < 0 ? -difference : difference);
  } else {
    if (a == b) return 0;
    if (std::isnan(a) || std::isnan(b))
      return std::isnan(a) && std::isnan(b) ? 0 : std::numeric_limits<double>::infinity();
    return std::abs(static_cast<double>(a) - static_cast<double>(b));
  }
}

}  // namespace imgbuf::measure
