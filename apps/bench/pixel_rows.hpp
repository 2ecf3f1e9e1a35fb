#pragma once

#include <cstddef>

namespace imgbuf::bench {

/// Row pointers as the C libraries take them: RGB, 8 bits, packed.
struct PixelRows {
  std::byte** rows = nullptr;
  std::ptrdiff_t width = 0;
  std::ptrdiff_t height = 0;
};

}  // namespace imgbuf::bench
