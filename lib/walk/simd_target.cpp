#include "walk/simd_target.hpp"

#include <atomic>

#include "imgbuf/inline_vector.hpp"

namespace imgbuf::walk {

namespace {

using Targets = InlineVector<SimdTarget, 4>;

Targets find_targets() {
  Targets found;
  found.push_back(SimdTarget::plain);
#if defined(IMGBUF_SIMD_NATIVE)
  found.push_back(SimdTarget::native);
#elif defined(IMGBUF_SIMD_X86)
  if (__builtin_cpu_supports("ssse3")) {
    found.push_back(SimdTarget::ssse3);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2"))
      found.push_back(SimdTarget::avx2);
  }
#endif
  return found;
}

const Targets& targets() noexcept {
  static const Targets found = find_targets();
  return found;
}

std::atomic<int> forced{-1};

}  // namespace

const char* to_string(SimdTarget target) noexcept {
  switch (target) {
    case SimdTarget::plain:
      return "plain";
    case SimdTarget::native:
      return "native";
    case SimdTarget::ssse3:
      return "ssse3";
    case SimdTarget::avx2:
      return "avx2";
  }
  return "?";
}

std::span<const SimdTarget> supported_simd_targets() noexcept {
  return {targets().data(), targets().size()};
}

SimdTarget simd_target() noexcept {
  const int target = forced.load(std::memory_order_relaxed);
  return target < 0 ? supported_simd_targets().back() : static_cast<SimdTarget>(target);
}

void force_simd_target(std::optional<SimdTarget> target) noexcept {
  forced.store(target ? static_cast<int>(*target) : -1, std::memory_order_relaxed);
}

}  // namespace imgbuf::walk
