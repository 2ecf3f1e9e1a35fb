#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>

#include "encode_options.hpp"
#include "geometry_options.hpp"
#include "imgbuf/convert.hpp"

namespace imgbuf::cli {

/// `imgbuf convert`: its options, and what it does.
class ConvertCommand {
 public:
  /// Adds the command to the program. This object outlives `app`'s parsing.
  explicit ConvertCommand(CLI::App& app);

  [[nodiscard]] bool is_chosen() const { return command_->parsed(); }
  /// @return the exit status
  int run();

 private:
  void add_format_options();
  void add_pixel_options();
  void add_other_options();
  int plan_and_run(const std::string& in_name, const std::string& out_name);

  CLI::App* command_;
  std::optional<EncodeFlags> encode_;
  std::optional<GeometryOptions> geometry_;  ///< made among the others, so that help lists it there
  std::string input_;
  std::string output_;
  ConvertOptions options_;
  std::string strip_;  ///< "true" or "all" when it was given
  bool as_json_ = false;
  bool no_map_ = false;
  bool explain_ = false;
  bool verbose_ = false;
};

}  // namespace imgbuf::cli
