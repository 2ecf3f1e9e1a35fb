#pragma once

#include <csetjmp>
#include <type_traits>

#include "codecs/jpeg/jpeg_errors.hpp"

namespace imgbuf::codecs::jpeg {

/// Runs calls into libjpeg. Returns false when libjpeg failed: `errors.raise` then throws why.
///
/// The callable holds C calls and values without destructors only, since an error jumps out of it. A separate function,
/// so that no local variable of the caller lives in the frame that `setjmp` returns to twice.
template <class Call>
[[nodiscard, gnu::noinline]] bool guarded(ErrorState& errors, const Call& call) {
  static_assert(std::is_trivially_destructible_v<Call>, "libjpeg's errors would jump over a destructor");
  if (setjmp(errors.jump) != 0) return false;
  call();
  return true;
}

}  // namespace imgbuf::codecs::jpeg
