#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <string>

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
  void take_geometry_in_order();
  int plan_and_run(const std::string& in_name, const std::string& out_name);

  CLI::App* command_;
  std::string input_;
  std::string output_;
  ConvertOptions options_;
  std::vector<Region> crops_;
  CLI::Option* crop_option_ = nullptr;
  CLI::Option* auto_orient_flag_ = nullptr;
  bool explain_ = false;
  bool verbose_ = false;
};

}  // namespace imgbuf::cli
