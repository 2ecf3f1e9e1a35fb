#include "pixel/lookup_step.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace imgbuf::pixel {

namespace {

/// Reads params.table, whose entries lie a power of two apart: a whole entry is one or two moves, where three bytes
/// would be two at odd sizes. What is written beyond a pixel is the next pixel's; hence the last one is written alone.
template <std::size_t Bytes>
void lookup_row(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params) {
  constexpr std::size_t pitch = std::bit_ceil(Bytes);
  if (pixels == 0) return;
  const auto* __restrict source = static_cast<const std::uint8_t*>(in);
  auto* __restrict target = static_cast<std::byte*>(out);
  const std::byte* const table = params.table.data();
  const auto last = static_cast<std::size_t>(pixels) - 1;
  for (std::size_t i = 0; i < last; ++i) std::memcpy(target + i * Bytes, table + source[i] * pitch, pitch);
  std::memcpy(target + last * Bytes, table + source[last] * pitch, Bytes);
}

RowKernel lookup_kernel(std::size_t bytes) {
  switch (bytes) {
    case 1:
      return lookup_row<1>;
    case 2:
      return lookup_row<2>;
    case 3:
      return lookup_row<3>;
    case 4:
      return lookup_row<4>;
    case 6:
      return lookup_row<6>;
    case 8:
      return lookup_row<8>;
    case 12:
      return lookup_row<12>;
    case 16:
      return lookup_row<16>;
    case 24:
      return lookup_row<24>;
    default:
      return lookup_row<32>;
  }
}

}  // namespace

Step lookup_step(std::span<const std::byte> pixels) {
  const std::size_t bytes = pixels.size() / 256;
  const std::size_t pitch = std::bit_ceil(bytes);
  Step step{lookup_kernel(bytes), {}, static_cast<std::ptrdiff_t>(bytes)};
  step.params.table.resize(256 * pitch);
  for (std::size_t i = 0; i < 256; ++i) std::memcpy(&step.params.table[i * pitch], &pixels[i * bytes], bytes);
  return step;
}

}  // namespace imgbuf::pixel
