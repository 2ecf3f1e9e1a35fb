#include "walk/element_transfer.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "walk/half.hpp"

namespace imgbuf::walk {

namespace {

/// @tparam N  bytes of an item, for which the compiler then knows the moves; 0 for any number of them
template <std::size_t N>
void move_as_they_are(std::byte* to, std::ptrdiff_t to_stride, const std::byte* from, std::ptrdiff_t from_stride,
                      std::ptrdiff_t count, std::ptrdiff_t itemsize) noexcept {
  if (to_stride == itemsize && from_stride == itemsize) {
    std::memcpy(to, from, static_cast<std::size_t>(count * itemsize));
    return;
  }
  const std::size_t bytes = N != 0 ? N : static_cast<std::size_t>(itemsize);
  for (std::ptrdiff_t i = 0; i < count; ++i) std::memcpy(to + i * to_stride, from + i * from_stride, bytes);
}

std::uint16_t reversed(std::uint16_t v) noexcept {
  return __builtin_bswap16(v);
}
std::uint32_t reversed(std::uint32_t v) noexcept {
  return __builtin_bswap32(v);
}
std::uint64_t reversed(std::uint64_t v) noexcept {
  return __builtin_bswap64(v);
}

template <class Bits>
void move_reversed(std::byte* to, std::ptrdiff_t to_stride, const std::byte* from, std::ptrdiff_t from_stride,
                   std::ptrdiff_t count, std::ptrdiff_t /*itemsize*/) noexcept {
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    Bits bits;
    std::memcpy(&bits, from + i * from_stride, sizeof bits);
    bits = reversed(bits);
    std::memcpy(to + i * to_stride, &bits, sizeof bits);
  }
}

/// binary16 in memory; C++20 has no type for it.
struct Half {
  std::uint16_t bits;
};

/// To the nearest value of T; half to even, NaN to 0. Without branches and calls, so that loops of it are vectorised.
template <class T, class F>
T nearest_integer(F value) noexcept {
  using Limits = std::numeric_limits<T>;
  // Both limits of T are exact in it, so that the clamped value converts without overflow.
  constexpr bool is_float_enough = std::is_same_v<F, float> && sizeof(T) < sizeof(float);
  using Real = std::conditional_t<is_float_enough, float, double>;
  constexpr auto least = static_cast<Real>(Limits::min());
  constexpr auto most = static_cast<Real>(Limits::max());
  auto real = static_cast<Real>(value);
  real = real == real ? real : Real{0};
  real = real < least ? least : real;
  real = real > most ? most : real;
  // At this size a Real has no fraction, so that the addition itself rounds.
  constexpr Real no_fraction = Real{1.5} / std::numeric_limits<Real>::epsilon();
  const Real whole = (real + no_fraction) - no_fraction;
  if constexpr (sizeof(T) < sizeof(std::int32_t))
    return static_cast<T>(static_cast<std::int32_t>(whole));
  else
    return static_cast<T>(whole);
}

template <class T, class S>
T converted(S value) noexcept {
  if constexpr (std::is_same_v<S, Half>) {
    return converted<T>(half_to_double(value.bits));
  } else if constexpr (std::is_same_v<T, Half>) {
    return {double_to_half(static_cast<double>(value))};
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else if constexpr (std::is_floating_point_v<S>) {
    return nearest_integer<T>(value);
  } else {
    using Limits = std::numeric_limits<T>;
    const auto wide = static_cast<std::int64_t>(value);
    if (wide < static_cast<std::int64_t>(Limits::min())) return Limits::min();
    if (wide > static_cast<std::int64_t>(Limits::max())) return Limits::max();
    return static_cast<T>(wide);
  }
}

template <class T, class S>
void convert(std::byte* to, const std::byte* from, std::ptrdiff_t count) noexcept {
  auto* out = reinterpret_cast<T*>(to);
  const auto* in = reinterpret_cast<const S*>(from);
  for (std::ptrdiff_t i = 0; i < count; ++i) out[i] = converted<T, S>(in[i]);
}

constexpr std::size_t type_count = 9;

template <class T, class S>
constexpr Convert conversion_between() noexcept {
  if constexpr (std::is_same_v<T, S>)
    return nullptr;
  else
    return convert<T, S>;
}

/// In the order of `ElementType`.
template <class T>
constexpr std::array<Convert, type_count> conversions_to = {
    conversion_between<T, std::uint8_t>(),  conversion_between<T, std::int8_t>(),
    conversion_between<T, std::uint16_t>(), conversion_between<T, std::int16_t>(),
    conversion_between<T, std::uint32_t>(), conversion_between<T, std::int32_t>(),
    conversion_between<T, Half>(),          conversion_between<T, float>(),
    conversion_between<T, double>()};

constexpr std::array<std::array<Convert, type_count>, type_count> conversions = {
    conversions_to<std::uint8_t>, conversions_to<std::int8_t>,   conversions_to<std::uint16_t>,
    conversions_to<std::int16_t>, conversions_to<std::uint32_t>, conversions_to<std::int32_t>,
    conversions_to<Half>,         conversions_to<float>,         conversions_to<double>};

}  // namespace

Move move_items(std::ptrdiff_t itemsize, bool reverse_bytes) noexcept {
  switch (itemsize) {
    case 1:
      return move_as_they_are<1>;
    case 2:
      return reverse_bytes ? move_reversed<std::uint16_t> : move_as_they_are<2>;
    case 3:
      return move_as_they_are<3>;
    case 4:
      return reverse_bytes ? move_reversed<std::uint32_t> : move_as_they_are<4>;
    case 5:
      return move_as_they_are<5>;
    case 6:
      return move_as_they_are<6>;
    case 8:
      return reverse_bytes ? move_reversed<std::uint64_t> : move_as_they_are<8>;
    case 10:
      return move_as_they_are<10>;
    case 12:
      return move_as_they_are<12>;
    case 16:
      return move_as_they_are<16>;
    default:
      return move_as_they_are<0>;
  }
}

Convert conversion(ElementType to, ElementType from) noexcept {
  return conversions[static_cast<std::size_t>(to)][static_cast<std::size_t>(from)];
}

}  // namespace imgbuf::walk
