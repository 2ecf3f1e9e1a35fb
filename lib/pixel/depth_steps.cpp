#include "pixel/depth_steps.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <type_traits>

#include "pixel/sample.hpp"
#include "walk/half.hpp"

namespace imgbuf::pixel {

namespace {

// All kernels here read params.channels.

/// From 16 to 8 full bits: (v * 255 + 32895) >> 16 is round(v / 257) for all 65536 values.
void u16_to_u8(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const std::uint16_t*>(in);
  auto* __restrict target = static_cast<std::uint8_t*>(out);
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    target[i] = static_cast<std::uint8_t>((source[i] * 255U + 32895U) >> 16);
  }
}

/// Where the maxima divide. Reads max_in, max_out.
template <class S, class T>
void multiply(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const S*>(in);
  auto* __restrict target = static_cast<T*>(out);
  const auto max_in = static_cast<S>(params.max_in);
  const auto factor = static_cast<T>(params.max_out / params.max_in);
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    target[i] = static_cast<T>(static_cast<unsigned>(std::min(source[i], max_in)) * factor);
  }
}

/// Any two maxima up to 16 bits, whose products fit 32. Reads max_in, max_out.
template <class S, class T>
void scale(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const S*>(in);
  auto* __restrict target = static_cast<T*>(out);
  const std::uint32_t max_in = params.max_in;
  const std::uint32_t max_out = params.max_out;
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const std::uint32_t v = std::min<std::uint32_t>(source[i], max_in);
    target[i] = static_cast<T>((v * max_out + max_in / 2) / max_in);
  }
}

/// Both are exact in float, so the quotient is rounded once. Reads max_in.
template <class S>
void integer_to_f32(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const S*>(in);
  auto* __restrict target = static_cast<float*>(out);
  const auto max_in = static_cast<S>(params.max_in);
  const auto divisor = static_cast<float>(max_in);
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) target[i] = static_cast<float>(std::min(source[i], max_in)) / divisor;
}

/// A sample of 0..1 as an integer of 0..maximum, half to even; NaN becomes 0. The product with a float is exact in
/// double. At 2^52 a double's last bit is worth 1, so that the addition rounds and leaves the integer in the low bits:
/// unlike a call of nearbyint, something that every instruction set has for vectors.
inline std::uint32_t quantize(double sample, double maximum) noexcept {
  double scaled = sample * maximum;
  scaled = scaled > 0 ? scaled : 0;
  scaled = scaled < maximum ? scaled : maximum;
  return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(scaled + 0x1p52));
}

/// Reads max_out.
template <class T>
void f32_to_integer(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const float*>(in);
  auto* __restrict target = static_cast<T*>(out);
  const double maximum = params.max_out;
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    target[i] = static_cast<T>(quantize(static_cast<double>(source[i]), maximum));
  }
}

/// Tells the bits of binary16 from a `u16`.
struct Half {
  std::uint16_t bits;
};

/// Any type to f64. Reads max_in.
template <class S>
void to_f64(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const S*>(in);
  auto* __restrict target = static_cast<double*>(out);
  const double maximum = params.max_in;
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<S, Half>) {
      target[i] = walk::half_to_double(source[i].bits);
    } else if constexpr (std::is_integral_v<S>) {
      target[i] = std::clamp(static_cast<double>(source[i]), 0.0, maximum) / maximum;
    } else {
      target[i] = static_cast<double>(source[i]);
    }
  }
}

/// f64 to any type. Reads max_out.
template <class T>
void from_f64(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const double*>(in);
  auto* __restrict target = static_cast<T*>(out);
  const double maximum = params.max_out;
  const std::ptrdiff_t count = pixels * params.channels;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    if constexpr (std::is_same_v<T, Half>) {
      target[i].bits = walk::double_to_half(source[i]);
    } else if constexpr (std::is_integral_v<T>) {
      target[i] = static_cast<T>(quantize(source[i], maximum));
    } else {
      target[i] = static_cast<T>(source[i]);
    }
  }
}

template <class S, class T>
RowKernel integer_kernel(std::uint32_t max_in, std::uint32_t max_out) {
  if constexpr (std::is_same_v<S, std::uint16_t> && std::is_same_v<T, std::uint8_t>) {
    if (max_in == 65535 && max_out == 255) return u16_to_u8;
  }
  return max_out % max_in == 0 ? multiply<S, T> : scale<S, T>;
}

/// The kernel from one of u8, u16 and f32 to another; null for other types.
RowKernel direct_kernel(ElementType from, ElementType to, std::uint32_t max_in, std::uint32_t max_out) {
  using enum ElementType;
  if (from == u8 && to == u8) return integer_kernel<std::uint8_t, std::uint8_t>(max_in, max_out);
  if (from == u8 && to == u16) return integer_kernel<std::uint8_t, std::uint16_t>(max_in, max_out);
  if (from == u16 && to == u8) return integer_kernel<std::uint16_t, std::uint8_t>(max_in, max_out);
  if (from == u16 && to == u16) return integer_kernel<std::uint16_t, std::uint16_t>(max_in, max_out);
  if (from == u8 && to == f32) return integer_to_f32<std::uint8_t>;
  if (from == u16 && to == f32) return integer_to_f32<std::uint16_t>;
  if (from == f32 && to == u8) return f32_to_integer<std::uint8_t>;
  if (from == f32 && to == u16) return f32_to_integer<std::uint16_t>;
  return nullptr;
}

RowKernel kernel_to_f64(ElementType from) {
  switch (from) {
    case ElementType::u8:
      return to_f64<std::uint8_t>;
    case ElementType::i8:
      return to_f64<std::int8_t>;
    case ElementType::u16:
      return to_f64<std::uint16_t>;
    case ElementType::i16:
      return to_f64<std::int16_t>;
    case ElementType::u32:
      return to_f64<std::uint32_t>;
    case ElementType::i32:
      return to_f64<std::int32_t>;
    case ElementType::f16:
      return to_f64<Half>;
    case ElementType::f32:
      return to_f64<float>;
    case ElementType::f64:
      break;
  }
  return nullptr;
}

RowKernel kernel_from_f64(ElementType to) {
  switch (to) {
    case ElementType::u8:
      return from_f64<std::uint8_t>;
    case ElementType::i8:
      return from_f64<std::int8_t>;
    case ElementType::u16:
      return from_f64<std::uint16_t>;
    case ElementType::i16:
      return from_f64<std::int16_t>;
    case ElementType::u32:
      return from_f64<std::uint32_t>;
    case ElementType::i32:
      return from_f64<std::int32_t>;
    case ElementType::f16:
      return from_f64<Half>;
    case ElementType::f32:
      return from_f64<float>;
    case ElementType::f64:
      break;
  }
  return nullptr;
}

}  // namespace

std::uint32_t max_sample(const PixelFormat& format) noexcept {
  switch (format.format.type()) {
    case ElementType::u8:
    case ElementType::u16:
    case ElementType::u32:
      return static_cast<std::uint32_t>((std::uint64_t{1} << format.bit_depth) - 1);
    case ElementType::i8:
    case ElementType::i16:
    case ElementType::i32:
      return static_cast<std::uint32_t>((std::uint64_t{1} << (format.bit_depth - 1)) - 1);
    case ElementType::f16:
    case ElementType::f32:
    case ElementType::f64:
      break;
  }
  return 1;
}

void append_depth_steps(std::vector<Step>& steps, const PixelFormat& from, const PixelFormat& to) {
  const ElementType type_in = from.format.type();
  const ElementType type_out = to.format.type();
  const StepParams params{
      .channels = from.channels(), .max_in = max_sample(from), .max_out = max_sample(to), .table = {}};
  if (type_in == type_out && params.max_in == params.max_out) return;
  if (const RowKernel kernel = direct_kernel(type_in, type_out, params.max_in, params.max_out)) {
    steps.push_back({kernel, params, to.bytes_per_pixel()});
    return;
  }
  if (const RowKernel kernel = kernel_to_f64(type_in)) {
    steps.push_back({kernel, params, params.channels * size_of(ElementType::f64)});
  }
  if (const RowKernel kernel = kernel_from_f64(type_out)) steps.push_back({kernel, params, to.bytes_per_pixel()});
}

}  // namespace imgbuf::pixel
