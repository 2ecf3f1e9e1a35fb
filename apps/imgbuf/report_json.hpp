#pragma once

#include <string>
#include <vector>

#include "imgbuf/convert.hpp"

namespace imgbuf::cli {

/// What `imgbuf convert --json` tells of a conversion.
struct ConvertFacts {
  std::string input;  ///< file names, or what standard input and output are called
  std::string output;
  const ConvertReport* report = nullptr;  ///< null when nothing was run
  std::vector<std::string> lines = {};    ///< all that was said on standard error
};

/// One JSON object. Bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string to_json(const Conversion& conversion, const ConvertFacts& facts);

}  // namespace imgbuf::cli
