#pragma once

#include <CLI/App.hpp>

namespace imgbuf::cli {

/// `imgbuf formats`: its options, and what it does.
class FormatsCommand {
 public:
  /// Adds the command to the program. This object outlives `app`'s parsing.
  explicit FormatsCommand(CLI::App& app);

  [[nodiscard]] bool is_chosen() const { return command_->parsed(); }
  /// @return the exit status
  int run() const;

 private:
  CLI::App* command_;
  bool as_json_ = false;
};

}  // namespace imgbuf::cli
