#include "drawing/axis_ticks.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace imgbuf::drawing {

double round_step(double length, int wanted) {
  const double step = length / wanted;
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1., 2., 5.})
    if (step <= factor * power) return factor * power;
  return 10 * power;
}

std::vector<double> multiples(double low, double high, double step) {
  std::vector<double> values;
  const double first = std::ceil(low / step);
  const double slack = 1e-9;  // of a step: the end of a range shall not be missed by a rounding
  for (double i = first; i <= high / step + slack && values.size() < 100; ++i) values.push_back(i * step);
  return values;
}

std::string short_number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value == 0 ? 0. : value);
  return text.data();
}

}  // namespace imgbuf::drawing
