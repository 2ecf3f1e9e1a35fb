#pragma once

#include <string>
#include <vector>

namespace imgbuf::drawing {

/// The distance between round numbers on an axis: 1, 2 or 5 times a power of ten, about `wanted` of them in `length`.
/// @pre length > 0 and finite
[[nodiscard]] double round_step(double length, int wanted);

/// The multiples of a step from `low` to `high`.
[[nodiscard]] std::vector<double> multiples(double low, double high, double step);

/// A number for people, of up to six digits: "12", "0.25", "1.5e+06".
[[nodiscard]] std::string short_number(double value);

}  // namespace imgbuf::drawing
