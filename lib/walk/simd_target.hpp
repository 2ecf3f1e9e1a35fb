#pragma once

#include <optional>
#include <span>

namespace imgbuf::walk {

/// The instruction sets that kernels are compiled for. `imgbuf_add_simd_sources` in lib/CMakeLists.txt compiles them.
enum class SimdTarget {
  plain,   ///< loops without SIMD instructions of their own
  native,  ///< what every processor of the architecture has (NEON on arm64; x86-64 has too little)
  ssse3,
  avx2,  ///< with FMA, BMI 1 and 2
};

[[nodiscard]] const char* to_string(SimdTarget target) noexcept;

/// What this build holds and this processor has, the best last; never empty.
[[nodiscard]] std::span<const SimdTarget> supported_simd_targets() noexcept;

/// What kernels use: the best of the supported, unless another is forced. Thread-safe.
[[nodiscard]] SimdTarget simd_target() noexcept;

/// For tests. @pre a supported target; nothing: the best again
void force_simd_target(std::optional<SimdTarget> target) noexcept;

}  // namespace imgbuf::walk
