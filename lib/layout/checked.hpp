#pragma once

#include <cstddef>

namespace imgbuf::detail {

/// The product or sum in `result`, or false when it does not fit.
[[nodiscard]] inline bool multiply(std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t& result) noexcept {
  return !__builtin_mul_overflow(a, b, &result);
}
[[nodiscard]] inline bool add(std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t& result) noexcept {
  return !__builtin_add_overflow(a, b, &result);
}

}  // namespace imgbuf::detail
