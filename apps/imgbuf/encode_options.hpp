#pragma once

#include <CLI/App.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/image_info.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::cli {

/// The options that say how a format is written, and which of them do not apply.
class EncodeFlags {
 public:
  /// Adds the options to a command. Both arguments outlive its parsing.
  EncodeFlags(CLI::App& command, EncodeOptions& encode);

  /// A line for each option that was given and has no effect on such an output.
  [[nodiscard]] std::vector<std::string> without_effect(std::string_view format, const ImageInfo& output) const;

 private:
  struct Entry {
    const CLI::Option* option = nullptr;
    std::string_view format;  ///< that has it
  };

  CLI::Option* add(std::string_view format, CLI::Option* option);

  std::vector<Entry> entries_;
  const CLI::Option* subsampling_ = nullptr;
  const CLI::Option* optimize_ = nullptr;
  const CLI::Option* arithmetic_ = nullptr;
};

}  // namespace imgbuf::cli
