#pragma once

#include <cmath>

namespace imgbuf::measure {

/// A sum whose rounding errors are summed beside it.
/// @see A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974
class CompensatedSum {
 public:
  void add(double value) noexcept {
    const double sum = sum_ + value;
    error_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
    sum_ = sum;
  }
  void add(const CompensatedSum& other) noexcept {
    add(other.sum_);
    error_ += other.error_;
  }
  /// An infinite sum has no error, which would be NaN.
  [[nodiscard]] double value() const noexcept { return std::isfinite(sum_) ? sum_ + error_ : sum_; }

 private:
  double sum_ = 0;
  double error_ = 0;
};

}  // namespace imgbuf::measure
