#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/arrangement.hpp"

namespace imgbuf::cli {

/// `imgbuf info`: its options, and what it does.
class InfoCommand {
 public:
  /// Adds the command to the program. This object outlives `app`'s parsing.
  explicit InfoCommand(CLI::App& app);

  [[nodiscard]] bool is_chosen() const { return command_->parsed(); }
  /// @return the exit status
  int run();

 private:
  CLI::App* command_;
  std::vector<std::string> files_;
  bool as_json_ = false;
  std::optional<Arrangement> arrangement_;
};

}  // namespace imgbuf::cli
