#pragma once

#include <cmath>
#include <limits>

namespace imgbuf::cli {

/// The value; a NaN without its sign, which says nothing and would be printed.
[[nodiscard]] inline double unsigned_nan(double value) noexcept {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

}  // namespace imgbuf::cli
