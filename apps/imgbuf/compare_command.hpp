#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "compare_report.hpp"
#include "imgbuf/compare.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/image.hpp"
#include "picture_input.hpp"

namespace imgbuf::cli {

/// `imgbuf compare`: its options, and what it does.
class CompareCommand {
 public:
  /// Adds the command to the program. This object outlives `app`'s parsing.
  explicit CompareCommand(CLI::App& app);

  [[nodiscard]] bool is_chosen() const { return command_->parsed(); }
  /// @return the exit status: 0 within the threshold, 1 over it, 2 when the pictures could not be compared
  int run();

 private:
  int compare_files(Context& context);
  void require_sensible_threshold(Metric deciding) const;
  void write_difference(const PictureInput& a, const PictureInput& b, const Comparison& comparison,
                        Context& context) const;
  /// @param greatest  of the differences
  void warn_of_saturation(double greatest, const ImageInfo& info) const;
  [[nodiscard]] PictureInput open(const std::string& name, Context& context) const;

  CLI::App* command_;
  std::string a_;
  std::string b_;
  std::optional<Metric> metric_;
  std::optional<double> fail_over_;
  std::string difference_;
  double amplify_ = 1;
  int threads_ = 0;
  bool as_json_ = false;
};

}  // namespace imgbuf::cli
