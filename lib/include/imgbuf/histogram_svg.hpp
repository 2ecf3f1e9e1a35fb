#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/statistics.hpp"

namespace imgbuf {

/// Bars to draw a histogram with: neighbouring bins put together, in equal numbers, until there are at most
/// `most_bars`; fewer, down to half as many, where the bins can then be shared out evenly.
/// @return of each bar the share of the channel's finite samples, 0 to 1; the last bar's is stretched where it holds
///         fewer bins than the others, so that equal heights mean equal densities. Zeros for a channel without finite
///         samples
/// @pre most_bars > 0
[[nodiscard]] IMGBUF_API std::vector<double> histogram_bars(const ChannelStatistics& channel, std::size_t most_bars);

/// The share at which a drawing's vertical axis should end: the highest bar's, unless a few bars tower above all
/// others, as those of clipped shadows and of a plain background do. These are then to be cut, so that the others can
/// be seen.
/// @return greater than 0
[[nodiscard]] IMGBUF_API double histogram_top(std::span<const std::vector<double>> bars);

/// What stands beside the bars of a picture.
struct HistogramLabels {
  std::string title;                       ///< such as a file's name
  std::string subtitle = {};               ///< one line below it; may be empty
  std::vector<std::string> channels = {};  ///< names; "R", "G", "B", "gray" and "A" have their colours
};

/// Draws the histograms of all channels over each other, with a table of their statistics below, as an SVG document for
/// light and dark surroundings. A bar that is cut has its share beside it.
/// @param channels  at least one, with histograms of one range, as `statistics` gives them
/// @throws Error{invalid_argument} when there is none, or not a name for each, or a histogram has no bins
[[nodiscard]] IMGBUF_API std::string histogram_svg(std::span<const ChannelStatistics> channels,
                                                   const HistogramLabels& labels);

}  // namespace imgbuf
