#pragma once

#include <CLI/App.hpp>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/convert.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::cli {

/// A check whose own words stay out of the help, where the option's description says the same.
[[nodiscard]] inline CLI::Validator quiet(CLI::Validator check) {
  check.description("");
  return check;
}

/// "WxH+X+Y" as a region. @throws Error{invalid_argument}
[[nodiscard]] Region parse_crop(const std::string& text);
/// "h" or "v". @throws Error{invalid_argument}
[[nodiscard]] Flip parse_flip(const std::string& text);
/// "90", "180" or "270". @throws Error{invalid_argument}
[[nodiscard]] Rotate parse_rotate(const std::string& text);
/// What stands between commas, at least one item. @throws Error{invalid_argument} when one is empty
[[nodiscard]] std::vector<std::string> parse_list(const std::string& text);
/// Names or indices of channels with commas between them. @throws Error{invalid_argument} when one is empty
[[nodiscard]] SelectChannels parse_channels(const std::string& text);
/// "8", "16" or "32f". @throws Error{invalid_argument}
[[nodiscard]] ConvertOptions::Depth parse_depth(const std::string& text);
/// The name of a format that can be written, from a name or an extension in any case. @throws Error{unsupported}
[[nodiscard]] std::string parse_format(const std::string& text);

/// An option whose value is read by `parse`; what `parse` throws becomes wrong usage that names the option.
template <class Parse>
CLI::Option* add_parsed_option(CLI::App& app, const std::string& name, Parse parse, const std::string& description) {
  return app.add_option_function<std::string>(
      name,
      [name, parse = std::move(parse)](const std::string& text) {
        try {
          parse(text);
        } catch (const Error& error) {
          throw CLI::ValidationError(name, error.reason());
        }
      },
      description);
}

}  // namespace imgbuf::cli
