#pragma once

#include <png.h>

#include <cstddef>

#include "imgbuf/context.hpp"

namespace imgbuf::codecs::png {

/// Rows that libpng is given at once, between two looks at the context.
inline constexpr std::ptrdiff_t batch_rows = 16;

/// Reports progress about every 64 rows and at the last.
inline void report_rows(const Context& context, std::ptrdiff_t before, std::ptrdiff_t now, std::ptrdiff_t total) {
  constexpr std::ptrdiff_t step = 64;
  if (now / step != before / step || now == total) context.progress(now, total);
}

/// Reports that a pass of an interlaced picture is done, as rows.
inline void report_pass(const Context& context, int pass, std::ptrdiff_t total) {
  context.progress(total * (pass + 1) / PNG_INTERLACE_ADAM7_PASSES, total);
}

}  // namespace imgbuf::codecs::png
