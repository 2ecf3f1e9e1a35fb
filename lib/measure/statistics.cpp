#include "imgbuf/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/number_text.hpp"
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
  return base::number_text(range.low) + " to " + base::number_text(range.high);
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

ChannelStatistics described(const measure::Moments& moments, Histogram histogram) {
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
  result.histogram = std::move(histogram);
  return result;
}

/// Walks over all samples, a few channels and a slab of rows at a time.
class Passes {
 public:
  /// @param passes  how often `run` will be called, for the progress
  Passes(Channels channels, int passes, const Context& context)
      : channels_(channels),
        context_(context),
        height_(channels.front().extent(0)),
        width_(channels.front().extent(1)),
        total_(passes * height_ * static_cast<std::int64_t>((channels.size() + most - 1) / most)) {}

  /// Calls `f(slab, first_channel)`.
  template <class F>
  void run(F&& f) {
    for (std::size_t first = 0; first < channels_.size(); first += most) {
      const Channels some = channels_.subspan(first, std::min(most, channels_.size() - first));
      const auto run_slab = [&](std::ptrdiff_t first_row, std::ptrdiff_t rows) {
        std::vector<AnyConstView> slab;
        for (const AnyConstView& channel : some) slab.push_back(channel.window(0, first_row, rows));
        f(Channels(slab), first);
      };
      measure::for_each_slab(height_, width_ * static_cast<std::ptrdiff_t>(some.size()), context_, done_, total_,
                             run_slab);
      done_ += height_;
    }
  }

 private:
  static constexpr std::size_t most = measure::most_channels_at_once;

  Channels channels_;
  const Context& context_;
  std::ptrdiff_t height_;
  std::ptrdiff_t width_;
  std::int64_t done_ = 0;
  std::int64_t total_;
};

std::vector<ChannelStatistics> counted_by_value(Channels channels, const StatisticsOptions& options,
                                                const Context& context) {
  const ElementType type = channels.front().format().type();
  const Histogram histogram = histogram_of_integers(type, options);
  const ValueRange values = measure::values_of(type);
  const auto value_count = static_cast<std::size_t>(values.high - values.low) + 1;
  std::vector<std::vector<std::uint64_t>> counts(channels.size(), std::vector<std::uint64_t>(value_count));
  Passes(channels, 1, context).run([&](Channels slab, std::size_t first) {
    measure::count_values(slab, std::span(counts).subspan(first, slab.size()), context);
  });
  std::vector<ChannelStatistics> results;
  for (const auto& counted : counts)
    results.push_back(described(counted, static_cast<std::int64_t>(values.low), histogram));
  return results;
}

/// From the least to the greatest sample of all channels; nothing where no sample is finite.
ValueRange range_of(const std::vector<measure::Moments>& channels) {
  measure::Moments all;
  for (const measure::Moments& channel : channels) all.merge(channel);
  return all.count == 0 ? ValueRange{} : ValueRange{all.minimum, all.maximum};
}

std::vector<ChannelStatistics> counted_in_bins(Channels channels, const StatisticsOptions& options,
                                               const Context& context) {
  Passes passes(channels, 2, context);
  std::vector<measure::Moments> moments(channels.size());
  passes.run([&](Channels slab, std::size_t first) {
    const std::vector<measure::Moments> of_slab = measure::moments(slab, context);
    for (std::size_t c = 0; c < of_slab.size(); ++c) moments[first + c].merge(of_slab[c]);
  });
  Histogram empty{.range = options.range.value_or(range_of(moments))};
  empty.counts.resize(static_cast<std::size_t>(options.bins > 0 ? options.bins : usual_bins));
  std::vector<Histogram> histograms(channels.size(), empty);
  passes.run([&](Channels slab, std::size_t first) {
    measure::count_in_bins(slab, std::span(histograms).subspan(first, slab.size()), context);
  });
  std::vector<ChannelStatistics> results;
  for (std::size_t c = 0; c < channels.size(); ++c) results.push_back(described(moments[c], std::move(histograms[c])));
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
  if (channels.empty()) return {};
  return base::or_out_of_memory([&] {
    return measure::is_counted_by_value(view.format().type()) ? counted_by_value(channels, options, context)
                                                              : counted_in_bins(channels, options, context);
  });
}

}  // namespace imgbuf
