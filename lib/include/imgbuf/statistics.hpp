#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// The values that a histogram covers.
struct ValueRange {
  double low = 0;
  double high = 0;  ///< included

  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

/// How many samples have which values: `counts.size()` bins of one width side by side.
struct IMGBUF_API Histogram {
  ValueRange range = {};
  bool of_integers = false;  ///< then the range's values are divided among the bins, 0..255 as the interval [0, 256)
  std::vector<std::uint64_t> counts = {};
  std::uint64_t below = 0;  ///< finite samples below the range
  std::uint64_t above = 0;  ///< finite samples above the range

  /// Where bin `i` begins, and bin `i - 1` ends. The last bin of floating point holds `range.high` too.
  /// @param i  0 to counts.size()
  [[nodiscard]] double edge(std::size_t i) const noexcept;
};

/// What the samples of one channel are. Samples that are not finite are counted apart and are in nothing else; without
/// any finite one minimum, maximum, mean and standard deviation are NaN.
struct ChannelStatistics {
  std::uint64_t count = 0;  ///< finite samples
  std::uint64_t nan = 0;
  std::uint64_t positive_infinity = 0;
  std::uint64_t negative_infinity = 0;
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
  double standard_deviation = 0;  ///< of all samples as the population: the sum of squares is divided by `count`
  Histogram histogram;
};

/// How to count.
struct StatisticsOptions {
  /// Bins of the histograms. 0: a bin for each value of 8 and 16 bit integers (or of the range), else 256.
  int bins = 0;
  /// What the histograms cover; when absent, all values of 8 and 16 bit integers, and of other types what lies between
  /// the least and the greatest sample of all channels. Bounds for 8 and 16 bit integers are whole numbers.
  std::optional<ValueRange> range = {};
};

/// Describes the samples of each channel, wherever and in whatever byte order they lie.
///
/// Integers of 8 and 16 bits are counted value by value, and everything is found from those counts: exactly, but for
/// the last rounding of mean and standard deviation. For all other types mean and squared deviations of pieces of 256
/// samples are merged in a fixed order by Chan, Golub and LeVeque, "Algorithms for computing the sample variance:
/// analysis and recommendations", The American Statistician 37(3), 1983; their histograms take a second pass.
///
/// The result does not depend on the number of threads. Each thread holds the histograms of up to 8 channels, or their
/// counts by value, which take 512 KiB for a channel of 16 bits. Progress counts rows, of both passes where there are
/// two, and of every 8 channels.
///
/// @param view  shape (height, width) or (height, width, channels)
/// @return one for each channel
/// @throws Error{invalid_argument} for another shape, for a number of bins below 0 or above 2^24, for more bins of 8
///         and 16 bit integers than the range has values, and for a range that is upside down, not finite, or of
///         integers not whole or beyond the element type; Error{cancelled, out_of_memory}
[[nodiscard]] IMGBUF_API std::vector<ChannelStatistics> statistics(const AnyConstView& view,
                                                                   const StatisticsOptions& options,
                                                                   const Context& context);

}  // namespace imgbuf
