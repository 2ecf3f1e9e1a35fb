#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "imgbuf/convert.hpp"

namespace imgbuf::cli {

/// The options that say what becomes of rows, columns and channels: --crop, --flip, --rotate, --transpose, --channels,
/// --auto-orient. Each may be given again, and they apply in the order in which they are given.
class GeometryOptions {
 public:
  /// Adds the options to a command. This object outlives its parsing.
  explicit GeometryOptions(CLI::App& command);

  /// What was given, in order.
  [[nodiscard]] std::vector<GeometryStep> in_order() const;

 private:
  /// An option and the steps of its values, in their order.
  struct Entry {
    CLI::Option* option = nullptr;
    std::vector<GeometryStep> steps;
  };

  void add(const std::string& name, const std::string& type_name, std::function<GeometryStep(const std::string&)> parse,
           const std::string& description);
  void add_flag(const std::string& name, const GeometryStep& step, const std::string& description);

  CLI::App& command_;
  std::list<Entry> entries_;  ///< a list: the parser writes into them
};

}  // namespace imgbuf::cli
