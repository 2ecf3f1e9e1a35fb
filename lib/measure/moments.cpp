#include "measure/moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/out_of_memory.hpp"
#include "imgbuf/walk.hpp"
#include "measure/channel_views.hpp"

namespace imgbuf::measure {

namespace {

constexpr std::ptrdiff_t samples_at_once = 256;

template <class T>
std::vector<Moments> moments_seen_as(std::span<const AnyConstView> channels, const Context& context) {
  ReadOperands<T> all_channels;
  for (const AnyConstView& channel : channels) all_channels.add(channel);
  std::vector<std::vector<Moments>> parts;
  walk_parts(
      all_channels.operands(),
      [&](std::ptrdiff_t count) {
        base::or_out_of_memory(
            [&] { parts.assign(static_cast<std::size_t>(count), std::vector<Moments>(channels.size())); });
      },
      [&](std::ptrdiff_t part, const Block& block) {
        std::array<double, samples_at_once> samples{};
        for (std::size_t c = 0; c < channels.size(); ++c) {
          Moments all = parts[static_cast<std::size_t>(part)][c];
          for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
            const Run<const T> run = run_of<T>(block, c, r);
            for (std::ptrdiff_t first = 0; first < run.size; first += samples_at_once) {
              const std::ptrdiff_t count = std::min(samples_at_once, run.size - first);
              for (std::ptrdiff_t i = 0; i < count; ++i)
                samples[static_cast<std::size_t>(i)] = static_cast<double>(run[first + i]);
              all.merge(moments_of({samples.data(), static_cast<std::size_t>(count)}));
            }
          }
          parts[static_cast<std::size_t>(part)][c] = all;
        }
      },
      context);
  std::vector<Moments> all(channels.size());
  for (const std::vector<Moments>& part : parts)
    for (std::size_t c = 0; c < channels.size(); ++c) all[c].merge(part[c]);
  return all;
}

}  // namespace

void Moments::merge(const Moments& other) noexcept {
  nan += other.nan;
  positive_infinity += other.positive_infinity;
  negative_infinity += other.negative_infinity;
  minimum = std::min(minimum, other.minimum);
  maximum = std::max(maximum, other.maximum);
  if (other.count == 0) return;
  const auto here = static_cast<double>(count);
  const auto there = static_cast<double>(other.count);
  const double delta = other.mean - mean;
  mean += delta * (there / (here + there));
  squared_deviations += other.squared_deviations + delta * delta * (here * there / (here + there));
  count += other.count;
}

Moments moments_of(std::span<const double> samples) noexcept {
  Moments result;
  double sum = 0;
  for (const double sample : samples) {
    if (!std::isfinite(sample)) {
      ++(std::isnan(sample) ? result.nan : sample > 0 ? result.positive_infinity : result.negative_infinity);
      continue;
    }
    ++result.count;
    sum += sample;
    result.minimum = std::min(result.minimum, sample);
    result.maximum = std::max(result.maximum, sample);
  }
  if (result.count == 0) return result;
  result.mean = sum / static_cast<double>(result.count);
  for (const double sample : samples)
    if (std::isfinite(sample)) result.squared_deviations += (sample - result.mean) * (sample - result.mean);
  return result;
}

std::vector<Moments> moments(std::span<const AnyConstView> channels, const Context& context) {
  return with_seen_type(channels.front().format().type(),
                        [&](auto type) { return moments_seen_as<decltype(type)>(channels, context); });
}

}  // namespace imgbuf::measure
