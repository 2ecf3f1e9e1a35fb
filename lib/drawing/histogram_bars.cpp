#include <algorithm>
#include <cstddef>
#include <iterator>

#include "imgbuf/histogram_svg.hpp"

namespace imgbuf {

namespace {

constexpr double room = 1.25;  ///< above what shall be seen

/// Of the stretches of neighbouring bars above a share that are too wide for a tower, the highest middling bar; 0
/// without any.
double highest_hill(const std::vector<double>& bars, double above) {
  constexpr std::ptrdiff_t widest_tower = 3;
  double highest = 0;
  const auto is_above = [above](double share) { return share > above; };
  for (auto begin = bars.begin(); (begin = std::find_if(begin, bars.end(), is_above)) != bars.end();) {
    const auto end = std::find_if_not(begin, bars.end(), is_above);
    std::vector<double> hill(begin, end);
    begin = end;
    if (std::ssize(hill) <= widest_tower) continue;
    const auto middle = hill.begin() + std::ssize(hill) / 2;
    std::nth_element(hill.begin(), middle, hill.end());
    highest = std::max(highest, *middle);
  }
  return highest;
}

/// As few as there may be, or up to twice as many where that divides all bins evenly.
std::size_t bins_of_a_bar(std::size_t bins, std::size_t most_bars) {
  const std::size_t fewest = (bins + most_bars - 1) / most_bars;
  for (std::size_t candidate = fewest; candidate <= 2 * fewest; ++candidate)
    if (candidate > 0 && bins % candidate == 0) return candidate;
  return fewest;
}

}  // namespace

std::vector<double> histogram_bars(const ChannelStatistics& channel, std::size_t most_bars) {
  const std::vector<std::uint64_t>& counts = channel.histogram.counts;
  const std::size_t bins_a_bar = bins_of_a_bar(counts.size(), most_bars);
  std::vector<double> bars;
  for (std::size_t first = 0; first < counts.size(); first += bins_a_bar) {
    const std::size_t bins = std::min(bins_a_bar, counts.size() - first);
    double samples = 0;
    for (std::size_t i = first; i < first + bins; ++i) samples += static_cast<double>(counts[i]);
    const double stretch = static_cast<double>(bins_a_bar) / static_cast<double>(bins);
    bars.push_back(channel.count > 0 ? samples * stretch / static_cast<double>(channel.count) : 0);
  }
  return bars;
}

double histogram_top(std::span<const std::vector<double>> bars) {
  std::vector<double> shares;
  for (const std::vector<double>& channel : bars)
    std::copy_if(channel.begin(), channel.end(), std::back_inserter(shares), [](double share) { return share > 0; });
  if (shares.empty()) return 1;
  std::sort(shares.begin(), shares.end());
  constexpr std::size_t enough = 32;  // fewer bars are a pattern of their own, of which none is in the way
  const double usual = shares[(shares.size() - 1) * 49 / 50];
  if (shares.size() < enough || shares.back() <= 3 * usual) return shares.back();
  double top = room * usual;
  for (const std::vector<double>& channel : bars) top = std::max(top, room * highest_hill(channel, room * usual));
  return std::min(top, shares.back());
}

}  // namespace imgbuf
