#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::measure {

/// Number, extremes, mean and squared deviations of finite samples, and the number of the others.
struct Moments {
  std::uint64_t count = 0;
  std::uint64_t nan = 0;
  std::uint64_t positive_infinity = 0;
  std::uint64_t negative_infinity = 0;
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();
  double mean = 0;
  double squared_deviations = 0;  ///< the sum of (sample - mean)^2

  /// @see the source at `statistics`
  void merge(const Moments& other) noexcept;
};

/// Of a few samples, in two passes.
[[nodiscard]] Moments moments_of(std::span<const double> samples) noexcept;

/// For each channel, of one shape and element type; at most `most_channels_at_once`.
/// @throws as `walk_parts`
[[nodiscard]] std::vector<Moments> moments(std::span<const AnyConstView> channels, const Context& context);

}  // namespace imgbuf::measure
