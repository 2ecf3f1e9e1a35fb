#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/array.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/index_expression.hpp"

namespace imgbuf::cli {

/// `imgbuf layout`: its options, and what it does.
class LayoutCommand {
 public:
  /// Adds the command to the program. This object outlives `app`'s parsing.
  explicit LayoutCommand(CLI::App& app);

  [[nodiscard]] bool is_chosen() const { return command_->parsed(); }
  /// @return the exit status
  int run() const;

 private:
  [[nodiscard]] Array array(std::optional<std::string>& why_decoded) const;
  [[nodiscard]] std::string title(bool is_decoded) const;
  [[nodiscard]] int write_picture(const std::string& svg) const;

  CLI::App* command_;
  std::string file_;
  std::vector<std::ptrdiff_t> shape_;
  bool has_shape_ = false;
  Format format_;
  std::optional<Arrangement> arrangement_;
  std::string slice_text_;
  std::vector<IndexItem> slice_;
  std::string svg_;
  std::string title_;
  bool as_json_ = false;
};

}  // namespace imgbuf::cli
