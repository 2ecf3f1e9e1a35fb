#include "geometry_options.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "imgbuf/error.hpp"
#include "option_values.hpp"

namespace imgbuf::cli {

GeometryOptions::GeometryOptions(CLI::App& command) : command_(command) {
  add(
      "--crop", "WxH+X+Y", [](const std::string& text) { return Crop{parse_crop(text)}; }, "keep a rectangle");
  add("--flip", "h|v", parse_flip, "mirror: h changes left and right, v top and bottom");
  add("--rotate", "DEGREES", parse_rotate, "turn clockwise by 90, 180 or 270; EXIF's orientation stays what it is");
  add_flag("--transpose", Transpose{}, "rows become columns");
  add("--channels", "LIST", parse_channels, "keep these channels: names (R,G,B,A; C,M,Y,K; gray) or numbers (2,1,0)");
  add_flag("--auto-orient", AutoOrient{}, "turn upright as EXIF says");
}

void GeometryOptions::add(const std::string& name, const std::string& type_name,
                          std::function<GeometryStep(const std::string&)> parse, const std::string& description) {
  Entry& entry = entries_.emplace_back();
  entry.option = command_.add_option_function<std::vector<std::string>>(
      name,
      [name, parse = std::move(parse), &entry](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          try {
            entry.steps.push_back(parse(text));
          } catch (const Error& error) {
            throw CLI::ValidationError(name, error.reason());
          }
        }
      },
      description);
  entry.option->allow_extra_args(false)->type_name(type_name);
}

void GeometryOptions::add_flag(const std::string& name, const GeometryStep& step, const std::string& description) {
  Entry& entry = entries_.emplace_back();
  entry.option = command_.add_flag(name, description)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  entry.steps.push_back(step);
}

/// The parser keeps values by option; only its list of what it met knows what came first.
std::vector<GeometryStep> GeometryOptions::in_order() const {
  std::vector<GeometryStep> steps;
  std::map<const CLI::Option*, std::size_t> met;
  for (const CLI::Option* option : command_.parse_order()) {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [option](const Entry& e) { return e.option == option; });
    if (entry == entries_.end()) continue;
    const std::size_t index = std::min(met[option]++, entry->steps.size() - 1);  // a flag has one step for all times
    steps.push_back(entry->steps.at(index));
  }
  return steps;
}

}  // namespace imgbuf::cli
