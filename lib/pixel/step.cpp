#include "pixel/step.hpp"

#include <algorithm>

namespace imgbuf::pixel {

std::ptrdiff_t chunk_pixels(std::span<const Step> steps, std::ptrdiff_t bytes_per_pixel_in) {
  std::ptrdiff_t widest = bytes_per_pixel_in;
  for (const Step& step : steps) widest = std::max(widest, step.bytes_per_pixel_out);
  return std::min<std::ptrdiff_t>(1024, Scratch::bytes / widest);
}

std::byte* run_steps(std::span<const Step> steps, const std::byte* in, std::byte* out, std::ptrdiff_t pixels,
                     Scratch& scratch) {
  std::byte* result = nullptr;
  for (const Step& step : steps) {
    const bool is_last = &step == &steps.back();
    result = is_last && out != nullptr ? out : scratch.other(in);
    step.kernel(in, result, pixels, step.params);
    in = result;
  }
  return result;
}

}  // namespace imgbuf::pixel
