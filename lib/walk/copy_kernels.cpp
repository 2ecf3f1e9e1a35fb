#include "walk/copy_kernels.hpp"

#include "walk/simd_target.hpp"

namespace imgbuf::walk {

const CopyKernels* copy_kernels() noexcept {
  switch (simd_target()) {
#if defined(IMGBUF_SIMD_NATIVE)
    case SimdTarget::native:
      return &copy_kernels_native;
#elif defined(IMGBUF_SIMD_X86)
    case SimdTarget::ssse3:
      return &copy_kernels_ssse3;
    case SimdTarget::avx2:
      return &copy_kernels_avx2;
#endif
    default:
      return nullptr;
  }
}

}  // namespace imgbuf::walk
