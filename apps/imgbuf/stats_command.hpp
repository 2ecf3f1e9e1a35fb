#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "imgbuf/context.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::cli {

/// `imgbuf stats`: its options, and what it does.
class StatsCommand {
 public:
  /// Adds the command to the program. This object outlives `app`'s parsing.
  explicit StatsCommand(CLI::App& app);

  [[nodiscard]] bool is_chosen() const { return command_->parsed(); }
  /// @return the exit status
  int run();

 private:
  int describe(const std::string& name, Context& context);

  CLI::App* command_;
  std::string file_;
  std::string svg_;
  std::optional<Region> crop_;
  int bins_ = 0;
  int threads_ = 0;
  bool as_json_ = false;
};

}  // namespace imgbuf::cli
