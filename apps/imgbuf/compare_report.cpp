#include "compare_report.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "imgbuf/error.hpp"
#include "json_number.hpp"
#include "messages.hpp"
#include "unsigned_nan.hpp"

namespace imgbuf::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array all_metrics{Metric::max, Metric::mse, Metric::psnr, Metric::ssim};

bool is_told(const CompareFacts& facts, Metric metric) {
  if (facts.metric) return metric == *facts.metric;
  return metric != Metric::ssim || facts.has_ssim;
}

std::string short_value(double value, Metric metric) {
  switch (metric) {
    case Metric::max:
    case Metric::mse:
      break;
    case Metric::psnr:
      return fmt::format("{:.3f}", value);
    case Metric::ssim:
      return fmt::format("{:.6f}", value);
  }
  return fmt::format("{:.6g}", value);
}

double measured(const Difference& difference, Metric metric) noexcept {
  switch (metric) {
    case Metric::max:
      return difference.max;
    case Metric::mse:
      return difference.mean_squared_error;
    case Metric::psnr:
      return difference.psnr;
    case Metric::ssim:
      return difference.ssim;
  }
  return 0;
}

Json difference_json(const CompareFacts& facts, const Difference& difference) {
  Json json;
  for (const Metric metric : all_metrics) {
    if (!is_told(facts, metric)) continue;
    json[std::string(to_string(metric))] = json_number(value_of(difference, metric));
    if (metric == Metric::max && difference.max > 0) {
      json["x"] = difference.column;
      json["y"] = difference.row;
    }
  }
  return json;
}

}  // namespace

std::string_view to_string(Metric metric) noexcept {
  switch (metric) {
    case Metric::max:
      return "max";
    case Metric::mse:
      return "mse";
    case Metric::psnr:
      return "psnr";
    case Metric::ssim:
      return "ssim";
  }
  return "";
}

Metric parse_metric(const std::string& text) {
  for (const Metric metric : all_metrics)
    if (text == to_string(metric)) return metric;
  throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is none of max, mse, psnr, ssim", text));
}

double value_of(const Difference& difference, Metric metric) noexcept {
  return unsigned_nan(measured(difference, metric));
}

bool is_over(double value, Metric metric, double threshold) noexcept {
  const bool is_distance = metric == Metric::max || metric == Metric::mse;
  return !(is_distance ? value <= threshold : value >= threshold);
}

std::string to_text(const CompareFacts& facts) {
  const Comparison& comparison = facts.comparison;
  if (facts.metric) return fmt::format("{}\n", value_of(comparison.all, *facts.metric));

  const std::vector<std::string_view> names = facts.info.pixel.channel_names();
  std::string text = fmt::format("{} and {}\n", printable(facts.a), printable(facts.b));
  text += fmt::format("  {} x {}, {}: {}\n", facts.info.width, facts.info.height, facts.info.pixel.to_string(),
                      comparison.is_equal() ? "equal" : "different");
  if (comparison.is_equal()) return text;
  const auto add_line = [&](std::string_view name, auto&& value) {
    text += fmt::format("  {:<4}", name);
    if (names.size() > 1)
      for (const Difference& channel : comparison.channels) text += fmt::format("{:>13}", value(channel));
    text += fmt::format("{:>13}\n", value(comparison.all));
  };
  add_line("", [&](const Difference& difference) {
    const bool is_all = &difference == &comparison.all;
    return is_all ? std::string("all") : std::string(names[static_cast<std::size_t>(difference.channel)]);
  });
  for (const Metric metric : all_metrics) {
    if (!is_told(facts, metric)) continue;
    add_line(to_string(metric),
             [&](const Difference& difference) { return short_value(value_of(difference, metric), metric); });
    if (metric != Metric::max) continue;
    add_line("at", [](const Difference& difference) {
      return difference.max > 0 ? fmt::format("{},{}", difference.column, difference.row) : std::string("-");
    });
  }
  if (!facts.has_ssim) text += "  no ssim: smaller than its window of 11 x 11\n";
  return text;
}

std::string to_json(const CompareFacts& facts) {
  const std::vector<std::string_view> names = facts.info.pixel.channel_names();
  Json json{{"a", facts.a},
            {"b", facts.b},
            {"width", facts.info.width},
            {"height", facts.info.height},
            {"pixels", facts.info.pixel.to_string()},
            {"equal", facts.comparison.is_equal()},
            {"over", facts.is_over}};
  json["all"] = difference_json(facts, facts.comparison.all);
  json["channels"] = Json::array();
  for (const Difference& channel : facts.comparison.channels) {
    Json entry{{"name", names[static_cast<std::size_t>(channel.channel)]}};
    entry.update(difference_json(facts, channel));
    json["channels"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imgbuf::cli
