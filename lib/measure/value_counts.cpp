#include "measure/value_counts.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>

#include "base/out_of_memory.hpp"
#include "imgbuf/walk.hpp"
#include "measure/channel_views.hpp"

namespace imgbuf::measure {

namespace {

/// Counters that whichever thread is at work takes and gives back: no more of them than threads. Adding integers gives
/// the same sum in any order, so that it does not matter who took which.
template <class Counters>
class Pool {
 public:
  explicit Pool(Counters empty) : empty_(std::move(empty)) {}

  template <class F>
  void with(F&& f) {
    std::unique_ptr<Counters> taken = take();
    f(*taken);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(taken));
  }
  /// All that were given back.
  [[nodiscard]] const std::vector<std::unique_ptr<Counters>>& all() const noexcept { return free_; }

 private:
  std::unique_ptr<Counters> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return base::or_out_of_memory([&] { return std::make_unique<Counters>(empty_); });
    std::unique_ptr<Counters> taken = std::move(free_.back());
    free_.pop_back();
    return taken;
  }

  Counters empty_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Counters>> free_;
};

/// Calls `count(counters[c], run)` for every run of channel c.
template <class T, class Counters, class Count>
void count_runs(std::span<const AnyConstView> channels, Pool<std::vector<Counters>>& pool, const Context& context,
                Count count) {
  ReadOperands<T> all_channels;
  for (const AnyConstView& channel : channels) all_channels.add(channel);
  walk_blocks(
      all_channels.operands(),
      [&](const Block& block) {
        pool.with([&](std::vector<Counters>& counters) {
          for (std::size_t c = 0; c < channels.size(); ++c)
            for (std::ptrdiff_t r = 0; r < block.rows; ++r) count(counters[c], run_of<T>(block, c, r));
        });
      },
      context);
}

void add_counts(std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) noexcept {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

/// Finds the bin of a value in a closed range, as numbers that are not integers.
class Binning {
 public:
  explicit Binning(const Histogram& histogram) noexcept
      : range_(histogram.range),
        bins_(static_cast<double>(histogram.counts.size())),
        // Halves, where the width itself is too large for a double.
        scale_(std::isfinite(range_.high - range_.low) ? 1 : 0.5),
        width_(range_.high * scale_ - range_.low * scale_) {}

  /// @pre the value is in the range
  [[nodiscard]] std::size_t bin_of(double value) const noexcept {
    if (width_ == 0) return 0;
    const double bin = std::floor((value * scale_ - range_.low * scale_) / width_ * bins_);
    return static_cast<std::size_t>(std::min(bin, bins_ - 1));
  }

  void add(Histogram& histogram, double value) const noexcept {
    if (!std::isfinite(value)) return;
    if (value < range_.low)
      ++histogram.below;
    else if (value > range_.high)
      ++histogram.above;
    else
      ++histogram.counts[bin_of(value)];
  }

 private:
  ValueRange range_;
  double bins_;
  double scale_;
  double width_;
};

}  // namespace

ValueRange values_of(ElementType type) noexcept {
  return with_seen_type(type, [](auto value) {
    using Values = std::numeric_limits<decltype(value)>;
    return ValueRange{static_cast<double>(Values::min()), static_cast<double>(Values::max())};
  });
}

void count_values(std::span<const AnyConstView> channels, std::span<std::vector<std::uint64_t>> counts,
                  const Context& context) {
  using Counts = std::vector<std::uint64_t>;
  Pool<std::vector<Counts>> pool(std::vector<Counts>(channels.size(), Counts(counts.front().size())));
  with_seen_type(channels.front().format().type(), [&](auto type) {
    using T = decltype(type);
    if constexpr (sizeof(T) <= 2) {
      count_runs<T>(channels, pool, context, [](Counts& values, Run<const T> run) {
        constexpr int least = std::numeric_limits<T>::min();
        for (std::ptrdiff_t i = 0; i < run.size; ++i) ++values[static_cast<std::size_t>(run[i] - least)];
      });
    }
  });
  for (const auto& counted : pool.all())
    for (std::size_t c = 0; c < channels.size(); ++c) add_counts(counts[c], (*counted)[c]);
}

void count_in_bins(std::span<const AnyConstView> channels, std::span<Histogram> histograms, const Context& context) {
  Pool<std::vector<Histogram>> pool([&] {
    std::vector<Histogram> empty(histograms.begin(), histograms.end());
    for (Histogram& histogram : empty) {
      std::fill(histogram.counts.begin(), histogram.counts.end(), 0);
      histogram.below = histogram.above = 0;
    }
    return empty;
  }());
  with_seen_type(channels.front().format().type(), [&](auto type) {
    using T = decltype(type);
    if constexpr (sizeof(T) > 2) {
      count_runs<T>(channels, pool, context, [](Histogram& histogram, Run<const T> run) {
        const Binning binning(histogram);
        for (std::ptrdiff_t i = 0; i < run.size; ++i) binning.add(histogram, static_cast<double>(run[i]));
      });
    }
  });
  for (const auto& counted : pool.all())
    for (std::size_t c = 0; c < channels.size(); ++c) {
      add_counts(histograms[c].counts, (*counted)[c].counts);
      histograms[c].below += (*counted)[c].below;
      histograms[c].above += (*counted)[c].above;
    }
}

}  // namespace imgbuf::measure
