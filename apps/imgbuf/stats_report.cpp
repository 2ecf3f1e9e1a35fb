#include "stats_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "bar_chart.hpp"
#include "imgbuf/histogram_svg.hpp"
#include "json_number.hpp"
#include "messages.hpp"
#include "unsigned_nan.hpp"

namespace imgbuf::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr int chart_lines = 6;
constexpr const char* indent = "  ";

std::string color_of(std::string_view channel) {
  if (channel == "R") return "91";
  if (channel == "G") return "92";
  if (channel == "B") return "94";
  return channel == "A" ? "95" : "";
}

std::string percent(double share) {
  return fmt::format("{:.3g} %", 100 * share);
}

/// "3 NaN, 1 infinite, 5 outside the histogram"; empty when there is nothing to tell.
std::string remarks(const ChannelStatistics& channel) {
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(channel.nan, "NaN");
  add(channel.positive_infinity, "infinite");
  add(channel.negative_infinity, "negative infinite");
  add(channel.histogram.below + channel.histogram.above, "beyond the histogram");
  return text;
}

/// The range's ends below a chart of some columns.
std::string axis_line(const Histogram& histogram, std::size_t columns) {
  const std::string low = fmt::format("{:.6g}", histogram.range.low);
  const std::string high = fmt::format("{:.6g}", histogram.range.high);
  const std::size_t width = std::max(columns, low.size() + high.size() + 1);
  return fmt::format("{}{}{:>{}}\n", indent, low, high, width - low.size());
}

Json channel_json(const ChannelStatistics& channel, std::string_view name) {
  const Histogram& histogram = channel.histogram;
  return {{"name", name},
          {"count", channel.count},
          {"nan", channel.nan},
          {"positive_infinity", channel.positive_infinity},
          {"negative_infinity", channel.negative_infinity},
          {"minimum", json_number(channel.minimum)},
          {"maximum", json_number(channel.maximum)},
          {"mean", json_number(channel.mean)},
          {"standard_deviation", json_number(channel.standard_deviation)},
          {"histogram",
           {{"low", histogram.range.low},
            {"high", histogram.range.high},
            {"below", histogram.below},
            {"above", histogram.above},
            {"counts", histogram.counts}}}};
}

}  // namespace

std::string size_and_pixels(const ImageInfo& info) {
  return fmt::format("{} x {}, {}", info.width, info.height, info.pixel.to_string());
}

std::string to_text(const StatsFacts& facts, const Terminal& terminal) {
  const std::vector<std::string_view> names = facts.info.pixel.channel_names();
  std::string text = fmt::format("{}\n{}{}\n\n", printable(facts.name), indent, size_and_pixels(facts.info));
  constexpr std::string_view line = "{}{:<6}{:>12}{:>12}{:>12}{:>12}";
  text += fmt::format(line, indent, "", "minimum", "maximum", "mean", "deviation") + "\n";
  for (std::size_t c = 0; c < names.size(); ++c) {
    const ChannelStatistics& channel = facts.channels[c];
    const auto number = [](double value) { return fmt::format("{:.6g}", unsigned_nan(value)); };
    text += fmt::format(line, indent, names[c], number(channel.minimum), number(channel.maximum), number(channel.mean),
                        number(channel.standard_deviation));
    if (const std::string more = remarks(channel); !more.empty()) text += "  " + more;
    text += "\n";
  }
  const std::size_t columns = std::max<std::size_t>(terminal.columns, 24) - 4;
  std::vector<std::vector<double>> bars;
  for (const ChannelStatistics& channel : facts.channels) bars.push_back(histogram_bars(channel, columns));
  const double top = histogram_top(bars);
  for (std::size_t c = 0; c < names.size(); ++c) {
    const double highest = *std::max_element(bars[c].begin(), bars[c].end());
    text += fmt::format("\n{}{}, up to {}{}\n", indent, names[c], percent(highest),
                        highest > top ? ", drawn to " + percent(top) : "");
    text += bar_chart(bars[c], top, chart_lines, indent, color_of(names[c]), terminal);
    text += axis_line(facts.channels[c].histogram, bars[c].size());
  }
  return text;
}

std::string to_json(const StatsFacts& facts) {
  const std::vector<std::string_view> names = facts.info.pixel.channel_names();
  Json json{{"file", facts.name},
            {"width", facts.info.width},
            {"height", facts.info.height},
            {"pixels", facts.info.pixel.to_string()}};
  json["channels"] = Json::array();
  for (std::size_t c = 0; c < names.size(); ++c) json["channels"].push_back(channel_json(facts.channels[c], names[c]));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_svg(const StatsFacts& facts) {
  HistogramLabels labels{.title = std::filesystem::path(facts.name).filename().string(),
                         .subtitle = size_and_pixels(facts.info)};
  for (const std::string_view name : facts.info.pixel.channel_names()) labels.channels.emplace_back(name);
  return histogram_svg(facts.channels, labels);
}

}  // namespace imgbuf::cli
