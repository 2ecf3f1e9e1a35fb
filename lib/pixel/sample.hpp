#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

namespace imgbuf::pixel {

/// The maximum of a sample that uses its whole type.
template <class T>
inline constexpr T full = std::is_integral_v<T> ? std::numeric_limits<T>::max() : T{1};

/// Where products of two samples fit.
template <class T>
using Wide = std::conditional_t<std::is_integral_v<T>, std::uint32_t, T>;

/// x / full<T>, rounded to nearest. For integers x is at most full<T> squared; then adding the upper half once stands
/// for the division. (255 and 65535 are odd, so there are no halves.)
template <class T>
constexpr T divide_by_full(Wide<T> x) noexcept {
  if constexpr (std::is_integral_v<T>) {
    constexpr int bits = std::numeric_limits<T>::digits;
    const Wide<T> t = x + (Wide<T>{1} << (bits - 1));
    return static_cast<T>((t + (t >> bits)) >> bits);
  } else {
    return x;
  }
}

/// `value` of opacity `alpha` over `background`.
template <class T>
constexpr T blend(T value, T alpha, T background) noexcept {
  const Wide<T> v = value, a = alpha, b = background;
  if constexpr (std::is_integral_v<T>) {
    return divide_by_full<T>(a * (v - b) + full<T> * b);  // one product less; modulo 2^32 it is the same
  } else {
    return a * v + (1 - a) * b;
  }
}

/// BT.601 luma. Integers: exact, halves up. f32 goes through double so that gray stays what it is.
template <class T>
constexpr T luma(T red, T green, T blue) noexcept {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>((299U * red + 587U * green + 114U * blue + 500U) / 1000U);
  } else {
    return static_cast<T>(0.299 * red + 0.587 * green + 0.114 * blue);
  }
}

}  // namespace imgbuf::pixel
