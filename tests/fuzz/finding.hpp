#pragma once

#include <cstdio>
#include <cstdlib>

namespace imgbuf::fuzz {

/// Stops the fuzzer unless what must hold holds; the fuzzer then keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "finding: %s\n", what);
  std::abort();
}

}  // namespace imgbuf::fuzz
