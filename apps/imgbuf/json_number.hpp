#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

namespace imgbuf::cli {

/// JSON has no number for what is not finite: "inf", "-inf" and "nan" are strings, which Python's float() reads.
[[nodiscard]] inline nlohmann::ordered_json json_number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

}  // namespace imgbuf::cli
