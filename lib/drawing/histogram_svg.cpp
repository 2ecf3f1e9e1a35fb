#include "imgbuf/histogram_svg.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "drawing/axis_ticks.hpp"
#include "drawing/svg.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

using drawing::Anchor;
using drawing::Box;
using drawing::PathData;
using drawing::short_number;
using drawing::Svg;

constexpr double width = 720;
constexpr Box plot{60, 78, 636, 240};
constexpr double table_top = plot.y + plot.height + 72;
constexpr double row_height = 22;
constexpr std::size_t most_bars = 256;
/// Where the columns of the table end; the last is only there for samples that are not finite.
using ColumnEnds = std::array<double, 6>;
constexpr ColumnEnds ends_of_five{225, 345, 465, 595, 696, 0};
constexpr ColumnEnds ends_of_six{200, 300, 400, 530, 620, 696};

// `fill:none` stands at two classes, so that the channel's colour, which dark surroundings set again, does not win.
constexpr drawing::StyleRule rules[] = {
    {".area", "fill-opacity:.42;mix-blend-mode:multiply", "mix-blend-mode:screen"},
    {".area.alpha", "fill-opacity:0"},
    {".edge", "stroke-width:1.25;stroke-linejoin:round"},
    {".edge.red", "fill:none;stroke:#d9484a", "stroke:#f0716f"},
    {".edge.green", "fill:none;stroke:#1f9d61", "stroke:#4cc38a"},
    {".edge.blue", "fill:none;stroke:#3a76e0", "stroke:#70a3ff"},
    {".edge.gray", "fill:none;stroke:#667085", "stroke:#98a2b3"},
    {".edge.alpha", "fill:none;stroke:#9a7bd0;stroke-dasharray:4 3", "stroke:#b79ced"},
};

std::string_view class_of(const std::string& name, std::size_t channel) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known{
      {{"R", "red"}, {"G", "green"}, {"B", "blue"}, {"A", "alpha"}, {"gray", "gray"}}};
  for (const auto& [known_name, class_name] : known)
    if (name == known_name) return class_name;
  return known[channel % known.size()].second;
}

void require_drawable(std::span<const ChannelStatistics> channels, const HistogramLabels& labels) {
  if (channels.empty()) throw Error(ErrorCode::invalid_argument, "there is no channel whose histogram could be drawn");
  if (channels.size() != labels.channels.size())
    throw Error(ErrorCode::invalid_argument,
                std::to_string(labels.channels.size()) + " names for " + std::to_string(channels.size()) + " channels");
  for (const ChannelStatistics& channel : channels)
    if (channel.histogram.counts.empty()) throw Error(ErrorCode::invalid_argument, "there is a histogram without bins");
}

std::string percent(double share) {
  return short_number(100 * share) + " %";
}

/// "12.3 %", for a remark.
std::string rounded_percent(double share) {
  const double value = 100 * share;
  return short_number(value >= 10 ? std::round(value) : std::round(value * 10) / 10) + " %";
}

/// Where values and shares are in the plot.
class Scale {
 public:
  Scale(const Histogram& histogram, std::size_t bars, double top)
      : range_(histogram.range),
        of_integers_(histogram.of_integers),
        bins_(static_cast<double>(histogram.counts.size())),
        bins_a_bar_(std::ceil(bins_ / static_cast<double>(bars))),
        top_(top) {}

  [[nodiscard]] double top() const noexcept { return top_; }
  [[nodiscard]] double y(double share) const noexcept {
    return plot.bottom() - plot.height * std::min(share / top_, 1.);
  }
  /// Where a bar begins and the one before it ends.
  [[nodiscard]] double x_of_bar(std::size_t bar) const noexcept {
    return plot.x + plot.width * std::min(static_cast<double>(bar) * bins_a_bar_ / bins_, 1.);
  }
  /// The middle of an integer's place.
  [[nodiscard]] double x(double value) const noexcept {
    const double place = of_integers_               ? (value - range_.low + .5) / (range_.high - range_.low + 1)
                         : range_.high > range_.low ? (value / 2 - range_.low / 2) /
                                                          (range_.high / 2 - range_.low / 2)  // halves do not overflow
                                                    : .5;
    return plot.x + plot.width * place;
  }
  [[nodiscard]] std::vector<double> ticks() const {
    const double values = range_.high - range_.low + 1;
    const bool is_power_of_two = of_integers_ && values >= 8 && std::exp2(std::round(std::log2(values))) == values;
    if (is_power_of_two) {
      std::vector<double> quarters;
      for (int i = 0; i < 4; ++i) quarters.push_back(range_.low + i * values / 4);
      quarters.push_back(range_.high);
      return quarters;
    }
    const double length = range_.high - range_.low;
    if (!(length > 0) || !std::isfinite(length)) return {range_.low};
    const double step = drawing::round_step(length, 6);
    return drawing::multiples(range_.low, range_.high, of_integers_ ? std::max(step, 1.) : step);
  }

 private:
  ValueRange range_;
  bool of_integers_;
  double bins_;
  double bins_a_bar_;
  double top_;
};

void draw_axes(Svg& svg, const Scale& scale) {
  svg.rect(plot, "panel");
  const double step = drawing::round_step(100 * scale.top(), 5);
  for (const double share : drawing::multiples(0, 100 * scale.top(), step)) {
    const double y = scale.y(share / 100);
    if (share > 0) svg.line(plot.x, y, plot.right(), y, "grid");
    svg.text(plot.x - 8, y + 4, percent(share / 100), "note", Anchor::end);
  }
  for (const double value : scale.ticks()) {
    const double x = scale.x(value);
    svg.line(x, plot.bottom(), x, plot.bottom() + 5, "axis");
    svg.text(x, plot.bottom() + 19, short_number(value), "note", Anchor::middle);
  }
  svg.text(plot.x + plot.width / 2, plot.bottom() + 38, "sample value", "note", Anchor::middle);
}

/// The upper edge of the bars, closed along the axis for an area.
PathData outline(const std::vector<double>& bars, const Scale& scale, bool is_closed) {
  PathData path;
  if (is_closed)
    path.move_to(plot.x, plot.bottom()).line_to(plot.x, scale.y(bars.front()));
  else
    path.move_to(plot.x, scale.y(bars.front()));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (i > 0) path.line_to(scale.x_of_bar(i), scale.y(bars[i]));
    path.line_to(scale.x_of_bar(i + 1), scale.y(bars[i]));
  }
  if (is_closed) path.line_to(plot.right(), plot.bottom()).close();
  return path;
}

/// A stretch of neighbouring bars of one channel that are higher than the plot.
struct CutBars {
  std::size_t channel = 0;
  std::size_t highest = 0;  ///< the bar
};

std::vector<CutBars> cut_bars(const std::vector<std::vector<double>>& channels, double top) {
  std::vector<CutBars> cuts;
  const auto is_cut = [top](double share) { return share > top * (1 + 1e-12); };
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const std::vector<double>& bars = channels[c];
    for (std::size_t i = 0; i < bars.size(); ++i) {
      if (!is_cut(bars[i])) continue;
      if (i > 0 && is_cut(bars[i - 1])) {
        if (bars[i] > bars[cuts.back().highest]) cuts.back().highest = i;
      } else {
        cuts.push_back({c, i});
      }
    }
  }
  return cuts;
}

/// Marks what is cut, and says how high it is where that is far beyond: texts that would be in each other's way stand
/// below each other.
void draw_cut_bars(Svg& svg, const std::vector<std::vector<double>>& channels, const Scale& scale,
                   const HistogramLabels& labels, std::span<const std::string_view> classes) {
  constexpr double mark = 4;
  constexpr double text_place = 76;
  constexpr int most_lines = 8;
  struct Place {
    double x = 0;
    int lines = 0;
  };
  std::vector<Place> places;
  for (const auto& [channel, bar] : cut_bars(channels, scale.top())) {
    const double x = (scale.x_of_bar(bar) + scale.x_of_bar(bar + 1)) / 2;
    PathData arrow;
    arrow.move_to(x - mark, plot.y - 2).line_to(x + mark, plot.y - 2).line_to(x, plot.y - 2 - 1.5 * mark).close();
    svg.path(arrow, classes[channel]);
    if (channels[channel][bar] < 2 * scale.top()) continue;  // the arrow says enough
    const auto is_near = [x](const Place& place) { return std::abs(place.x - x) < text_place; };
    auto place = std::find_if(places.begin(), places.end(), is_near);
    if (place == places.end()) place = places.insert(places.end(), Place{x, 0});
    if (place->lines == most_lines) continue;
    const bool is_right = place->x > plot.x + plot.width / 2;
    svg.text(place->x + (is_right ? -8 : 8), plot.y + 14 * ++place->lines,
             labels.channels[channel] + " " + rounded_percent(channels[channel][bar]), "value",
             is_right ? Anchor::end : Anchor::start);
  }
}

void draw_table(Svg& svg, std::span<const ChannelStatistics> channels, const HistogramLabels& labels,
                std::span<const std::string_view> classes) {
  const bool has_others = std::any_of(channels.begin(), channels.end(), [](const ChannelStatistics& channel) {
    return channel.nan + channel.positive_infinity + channel.negative_infinity > 0;
  });
  const std::array<std::string_view, 6> titles{"minimum", "maximum",   "mean", "standard deviation",
                                               "samples", "not finite"};
  const auto cell = [&](std::size_t column, double y, std::string_view text, std::string_view class_name) {
    const ColumnEnds& ends = has_others ? ends_of_six : ends_of_five;
    if (column < 5 || has_others) svg.text(ends[column], y, text, class_name, Anchor::end);
  };
  for (std::size_t column = 0; column < titles.size(); ++column) cell(column, table_top, titles[column], "note");
  svg.line(plot.x, table_top + 7, plot.right(), table_top + 7, "grid");
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const ChannelStatistics& channel = channels[c];
    const double y = table_top + row_height * static_cast<double>(c + 1) + 2;
    svg.rect({plot.x, y - 9, 10, 10}, classes[c], 2);
    svg.text(plot.x + 18, y, labels.channels[c], "ink");
    const std::uint64_t others = channel.nan + channel.positive_infinity + channel.negative_infinity;
    const std::array<std::string, 6> values{short_number(channel.minimum), short_number(channel.maximum),
                                            short_number(channel.mean),    short_number(channel.standard_deviation),
                                            std::to_string(channel.count), std::to_string(others)};
    for (std::size_t column = 0; column < values.size(); ++column) cell(column, y, values[column], "ink");
  }
}

}  // namespace

std::string histogram_svg(std::span<const ChannelStatistics> channels, const HistogramLabels& labels) {
  require_drawable(channels, labels);
  std::vector<std::vector<double>> bars;
  std::vector<std::string_view> classes;
  for (const ChannelStatistics& channel : channels) {
    classes.push_back(class_of(labels.channels[bars.size()], bars.size()));
    bars.push_back(histogram_bars(channel, most_bars));
  }
  const Scale scale(channels.front().histogram, bars.front().size(), histogram_top(bars));

  Svg svg;
  svg.style(rules);
  svg.text(24, 32, labels.title, "title");
  svg.text(24, 50, labels.subtitle, "note");
  svg.text(plot.right(), 50, "share of the samples in each of " + std::to_string(bars.front().size()) + " bars", "note",
           Anchor::end);
  draw_axes(svg, scale);
  for (std::size_t c = 0; c < bars.size(); ++c)
    svg.path(outline(bars[c], scale, true), "area " + std::string(classes[c]), labels.channels[c]);
  for (std::size_t c = 0; c < bars.size(); ++c)
    svg.path(outline(bars[c], scale, false), "edge " + std::string(classes[c]));
  svg.line(plot.x, plot.bottom(), plot.right(), plot.bottom(), "axis");
  draw_cut_bars(svg, bars, scale, labels, classes);
  draw_table(svg, channels, labels, classes);
  const double height = table_top + row_height * static_cast<double>(channels.size()) + 22;
  return svg.document(width, height, "Histogram of " + labels.title,
                      "The shares of samples with each value, a curve for each channel, above a table of minimum, "
                      "maximum, mean and standard deviation.");
}

}  // namespace imgbuf
