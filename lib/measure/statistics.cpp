#include "imgbuf/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "measure/channel_views.hpp"
#include "measure/compensated_sum.hpp"
#include "measure/moments.hpp"
#include "measure/value_counts.hpp"

namespace imgbuf {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int most_bins = 1 << 24;
constexpr int usual_bins = 256;

using Channels = std::span<const AnyConstView>;

std::string text_of(const ValueRange& range) {
  return std::to_string(range.low) + " to " + std::to_string(range.high);
}

void require_sensible(const StatisticsOptions& options) {
  if (options.bins < 0 || options.bins > most_bins)
    throw Error(ErrorCode::invalid_argument, std::to_string(options.bins) + " bins are none or too many");
  if (!options.range) return;
  const auto& [low, high] = *options.range;
  if (!std::isfinite(low) || !std::isfinite(high) || low > high)
    throw Error(ErrorCode::invalid_argument, text_of(*options.range) + " is no range of values");
}

/// Of integers that are counted by value, with as many bins as asked for.
Histogram histogram_of_integers(ElementType type, const StatisticsOptions& options) {
  const ValueRange values = measure::values_of(type);
  const ValueRange range = options.range.value_or(values);
  if (range.low < values.low || range.high > values.high || range.low != std::floor(range.low) ||
      range.high != std::floor(range.high))
    throw Error(ErrorCode::invalid_argument,
                text_of(range) + " is no range of values of " + std::string(to_string(type)));
  const double count = range.high - range.low + 1;
  if (options.bins > count)
    throw Error(ErrorCode::invalid_argument,
                std::to_string(options.bins) + " bins are more than the range " + text_of(range) + " has values");
  Histogram histogram{.range = range, .of_integers = true};
  histogram.counts.resize(options.bins > 0 ? static_cast<std::size_t>(options.bins) : static_cast<std::size_t>(count));
  return histogram;
}

/// Sorts counted values into a histogram's bins.
void fill(Histogram& histogram, const std::vector<std::uint64_t>& counts, std::int64_t least) noexcept {
  const auto low = static_cast<std::int64_t>(histogram.range.low);
  const auto high = static_cast<std::int64_t>(histogram.range.high);
  const auto bins = static_cast<std::int64_t>(histogram.counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t value = least + static_cast<std::int64_t>(i);
    if (value < low)
      histogram.below += counts[i];
    else if (value > high)
      histogram.above += counts[i];
    else
      histogram.counts[static_cast<std::size_t>((value - low) * bins / (high - low + 1))] += counts[i];
  }
}

/// Everything from how often each value occurs.
ChannelStatistics described(const std::vector<std::uint64_t>& counts, std::int64_t least, Histogram histogram) {
  ChannelStatistics result;
  result.histogram = std::move(histogram);
  fill(result.histogram, counts, least);
  result.minimum = result.maximum = result.mean = result.standard_deviation = nothing;
  measure::CompensatedSum sum;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double value = static_cast<double>(least + static_cast<std::int64_t>(i));
    if (result.count == 0) result.minimum = value;
    result.maximum = value;
    result.count += counts[i];
    sum.add(value * static_cast<double>(counts[i]));
  }
  if (result.count == 0) return result;
  const auto count = static_cast<double>(result.count);
  result.mean = sum.value() / count;
  measure::CompensatedSum squares;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double deviation = static_cast<double>(least + static_cast<std::int64_t>(i)) - result.mean;
    squares.add(deviation * deviation * static_cast<double>(counts[i]));
  }
  result.standard_deviation = std::sqrt(squares.value() / count);
  return result;
}

ChannelStatistics described(const measure::Moments& moments, const StatisticsOptions& options) {
  ChannelStatistics result;
  result.count = moments.count;
  result.nan = moments.nan;
  result.positive_infinity = moments.positive_infinity;
  result.negative_infinity = moments.negative_infinity;
  const bool is_empty = moments.count == 0;
  result.minimum = is_empty ? nothing : moments.minimum;
  result.maximum = is_empty ? nothing : moments.maximum;
  result.mean = is_empty ? nothing : moments.mean;
  result.standard_deviation =
      is_empty ? nothing : std::sqrt(moments.squared_deviations / static_cast<double>(moments.count));
  result.histogram.range =
      options.range.value_or(is_empty ? ValueRange{} : ValueRange{moments.minimum, moments.maximum});
  result.histogram.counts.resize(static_cast<std::size_t>(options.bins > 0 ? options.bins : usual_bins));
  return result;
}

/// Rows that are walked, and the progress of it.
struct Rows {
  std::ptrdiff_t height = 0;
  std::ptrdiff_t row_elements = 0;
  std::int64_t done = 0;
  std::int64_t total = 0;

  template <class F>
  void for_each_slab(Channels channels, const Context& context, F&& f) {
    measure::for_each_slab(height, row_elements, context, done, total, [&](std::ptrdiff_t first, std::ptrdiff_t count) {
      std::vector<AnyConstView> slab;
      for (const AnyConstView& channel : channels) slab.push_back(channel.window(0, first, count));
      f(Channels(slab));
    });
    done += height;
  }
};

std::vector<ChannelStatistics> counted_by_value(Channels channels, const StatisticsOptions& options, Rows& rows,
                                                const Context& context) {
  const ElementType type = channels.front().format().type();
  const Histogram histogram = histogram_of_integers(type, options);
  const ValueRange values = measure::values_of(type);
  const auto value_count = static_cast<std::size_t>(values.high - values.low) + 1;
  std::vector<std::vector<std::uint64_t>> counts(channels.size(), std::vector<std::uint64_t>(value_count));
  rows.for_each_slab(channels, context, [&](Channels slab) { measure::count_values(slab, counts, context); });
  std::vector<ChannelStatistics> results;
  for (const auto& counted : counts)
    results.push_back(described(counted, static_cast<std::int64_t>(values.low), histogram));
  return results;
}

std::vector<ChannelStatistics> counted_in_bins(Channels channels, const StatisticsOptions& options, Rows& rows,
                                               const Context& context) {
  std::vector<measure::Moments> moments(channels.size());
  rows.for_each_slab(channels, context, [&](Channels slab) {
    const std::vector<measure::Moments> of_slab = measure::moments(slab, context);
    for (std::size_t c = 0; c < moments.size(); ++c) moments[c].merge(of_slab[c]);
  });
  std::vector<ChannelStatistics> results;
  std::vector<Histogram> histograms;
  for (const measure::Moments& of_channel : moments) {
    results.push_back(described(of_channel, options));
    histograms.push_back(std::move(results.back().histogram));
  }
  rows.for_each_slab(channels, context, [&](Channels slab) { measure::count_in_bins(slab, histograms, context); });
  for (std::size_t c = 0; c < results.size(); ++c) results[c].histogram = std::move(histograms[c]);
  return results;
}

}  // namespace

double Histogram::edge(std::size_t i) const noexcept {
  const auto bins = static_cast<double>(counts.size());
  const auto part = static_cast<double>(i);
  // The first value that falls into bin i.
  if (of_integers) return range.low + std::ceil(part * (range.high - range.low + 1) / bins);
  return range.low * (1 - part / bins) + range.high * (part / bins);
}

std::vector<ChannelStatistics> statistics(const AnyConstView& view, const StatisticsOptions& options,
                                          const Context& context) {
  require_sensible(options);
  const std::vector<AnyConstView> channels = measure::channel_views(view);
  const bool by_value = measure::is_counted_by_value(view.format().type());
  const std::size_t at_once = measure::most_channels_at_once;
  const auto groups = static_cast<std::int64_t>((channels.size() + at_once - 1) / at_once);
  Rows rows;
  rows.height = view.extent(0);
  rows.total = groups * (by_value ? 1 : 2) * rows.height;
  std::vector<ChannelStatistics> results;
  for (std::size_t first = 0; first < channels.size(); first += at_once) {
    const Channels some = Channels(channels).subspan(first, std::min(at_once, channels.size() - first));
    rows.row_elements = view.extent(1) * static_cast<std::ptrdiff_t>(some.size());
    auto described = base::or_out_of_memory([&] {
      return by_value ? counted_by_value(some, options, rows, context) : counted_in_bins(some, options, rows, context);
    });
    for (ChannelStatistics& channel : described) results.push_back(std::move(channel));
  }
  return results;
}

}  // namespace imgbuf
