#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace imgbuf::pixel {

/// What a kernel has to know beside the pixels; each kernel says which it reads.
struct StepParams {
  std::ptrdiff_t channels = 1;
  std::uint32_t max_in = 1;
  std::uint32_t max_out = 1;
  std::array<double, 3> background{};  ///< in the samples' depth
  std::array<std::uint16_t, 3> transparent{};
  std::vector<std::byte> table;
};

/// Turns packed, native, aligned pixels into such pixels of another format. Input and output do not overlap.
using RowKernel = void (*)(const void* in, void* out, std::ptrdiff_t pixels, const StepParams& params);

struct Step {
  RowKernel kernel = nullptr;
  StepParams params;
  std::ptrdiff_t bytes_per_pixel_out = 0;
};

/// Two buffers that the pixels between the steps alternate between; small enough to stay in the first-level cache.
struct Scratch {
  static constexpr std::ptrdiff_t bytes = 16384;
  alignas(64) std::array<std::byte, bytes> first;
  alignas(64) std::array<std::byte, bytes> second;

  /// The buffer that is not `used`.
  [[nodiscard]] std::byte* other(const void* used) noexcept {
    return used == first.data() ? second.data() : first.data();
  }
};

/// The most pixels at a time for which every format between the steps fits a scratch buffer.
[[nodiscard]] std::ptrdiff_t chunk_pixels(std::span<const Step> steps, std::ptrdiff_t bytes_per_pixel_in);

/// Runs at most `chunk_pixels` pixels through all steps.
/// @param in   may be a buffer of `scratch`
/// @param out  where the last step writes; null: a buffer of `scratch`
/// @return where the result is
std::byte* run_steps(std::span<const Step> steps, const std::byte* in, std::byte* out, std::ptrdiff_t pixels,
                     Scratch& scratch);

}  // namespace imgbuf::pixel
