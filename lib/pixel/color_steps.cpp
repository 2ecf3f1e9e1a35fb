#include "pixel/color_steps.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "pixel/sample.hpp"

namespace imgbuf::pixel {

namespace {

template <class T, bool Alpha>
void cmyk_to_rgb_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams&) {
  const auto* __restrict source = static_cast<const T*>(in);
  auto* __restrict target = static_cast<T*>(out);
  constexpr std::ptrdiff_t step_in = 4 + Alpha;
  constexpr std::ptrdiff_t step_out = 3 + Alpha;
  for (std::ptrdiff_t i = 0; i < pixels; ++i) {
    const T* const p = source + i * step_in;
    const Wide<T> light = full<T> - static_cast<Wide<T>>(p[3]);
    for (int c = 0; c < 3; ++c) {
      target[i * step_out + c] = divide_by_full<T>((full<T> - static_cast<Wide<T>>(p[c])) * light);
    }
    if constexpr (Alpha) target[i * step_out + 3] = p[4];
  }
}

template <class T, bool Alpha>
void gray_to_rgb_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams&) {
  const auto* __restrict source = static_cast<const T*>(in);
  auto* __restrict target = static_cast<T*>(out);
  constexpr std::ptrdiff_t step_in = 1 + Alpha;
  constexpr std::ptrdiff_t step_out = 3 + Alpha;
  for (std::ptrdiff_t i = 0; i < pixels; ++i) {
    for (int c = 0; c < 3; ++c) target[i * step_out + c] = source[i * step_in];
    if constexpr (Alpha) target[i * step_out + 3] = source[i * step_in + 1];
  }
}

template <class T, bool Alpha>
void rgb_to_gray_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams&) {
  const auto* __restrict source = static_cast<const T*>(in);
  auto* __restrict target = static_cast<T*>(out);
  constexpr std::ptrdiff_t step_in = 3 + Alpha;
  constexpr std::ptrdiff_t step_out = 1 + Alpha;
  for (std::ptrdiff_t i = 0; i < pixels; ++i) {
    const T* const p = source + i * step_in;
    target[i * step_out] = luma<T>(p[0], p[1], p[2]);
    if constexpr (Alpha) target[i * step_out + 1] = p[3];
  }
}

template <class T, int Colors>
void composite_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const T*>(in);
  auto* __restrict target = static_cast<T*>(out);
  std::array<T, static_cast<std::size_t>(Colors)> background;
  for (std::size_t c = 0; c < Colors; ++c) background[c] = static_cast<T>(params.background[c]);
  for (std::ptrdiff_t i = 0; i < pixels; ++i) {
    const T* const p = source + i * (Colors + 1);
    for (std::size_t c = 0; c < Colors; ++c) {
      target[i * Colors + static_cast<std::ptrdiff_t>(c)] = blend<T>(p[c], p[Colors], background[c]);
    }
  }
}

template <class T, int Colors>
void add_opaque_alpha_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams&) {
  const auto* __restrict source = static_cast<const T*>(in);
  auto* __restrict target = static_cast<T*>(out);
  for (std::ptrdiff_t i = 0; i < pixels; ++i) {
    for (int c = 0; c < Colors; ++c) target[i * (Colors + 1) + c] = source[i * Colors + c];
    target[i * (Colors + 1) + Colors] = full<T>;
  }
}

template <class T, int Colors>
void transparent_color_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  const auto* __restrict source = static_cast<const T*>(in);
  auto* __restrict target = static_cast<T*>(out);
  const auto opaque = static_cast<T>(params.max_in);
  const std::array<std::uint16_t, 3> transparent = params.transparent;
  for (std::ptrdiff_t i = 0; i < pixels; ++i) {
    bool equal = true;
    for (int c = 0; c < Colors; ++c) {
      const T v = source[i * Colors + c];
      equal &= v == transparent[static_cast<std::size_t>(c)];
      target[i * (Colors + 1) + c] = v;
    }
    target[i * (Colors + 1) + Colors] = equal ? T{0} : opaque;
  }
}

/// Calls `choose` with a value of the working type, for its type.
template <class Choose>
RowKernel for_working_type(ElementType type, Choose choose) {
  switch (type) {
    case ElementType::u8:
      return choose(std::uint8_t{});
    case ElementType::u16:
      return choose(std::uint16_t{});
    case ElementType::f32:
      return choose(float{});
    default:
      return choose(double{});
  }
}

}  // namespace

RowKernel cmyk_to_rgb(ElementType type, bool alpha) {
  return for_working_type(
      type, [alpha]<class T>(T) -> RowKernel { return alpha ? cmyk_to_rgb_row<T, true> : cmyk_to_rgb_row<T, false>; });
}

RowKernel gray_to_rgb(ElementType type, bool alpha) {
  return for_working_type(
      type, [alpha]<class T>(T) -> RowKernel { return alpha ? gray_to_rgb_row<T, true> : gray_to_rgb_row<T, false>; });
}

RowKernel rgb_to_gray(ElementType type, bool alpha) {
  return for_working_type(
      type, [alpha]<class T>(T) -> RowKernel { return alpha ? rgb_to_gray_row<T, true> : rgb_to_gray_row<T, false>; });
}

RowKernel composite(ElementType type, int colors) {
  return for_working_type(
      type, [colors]<class T>(T) -> RowKernel { return colors == 1 ? composite_row<T, 1> : composite_row<T, 3>; });
}

RowKernel add_opaque_alpha(ElementType type, int colors) {
  return for_working_type(type, [colors]<class T>(T) -> RowKernel {
    if (colors == 1) return add_opaque_alpha_row<T, 1>;
    return colors == 3 ? add_opaque_alpha_row<T, 3> : add_opaque_alpha_row<T, 4>;
  });
}

RowKernel transparent_color_to_alpha(ElementType type, int colors) {
  if (type == ElementType::u8) {
    return colors == 1 ? transparent_color_row<std::uint8_t, 1> : transparent_color_row<std::uint8_t, 3>;
  }
  return colors == 1 ? transparent_color_row<std::uint16_t, 1> : transparent_color_row<std::uint16_t, 3>;
}

}  // namespace imgbuf::pixel
