#pragma once

#include <string>
#include <vector>

#include "imgbuf/image_info.hpp"
#include "imgbuf/statistics.hpp"
#include "terminal.hpp"

namespace imgbuf::cli {

/// What `imgbuf stats` tells.
struct StatsFacts {
  std::string name;
  ImageInfo info;
  std::vector<ChannelStatistics> channels;
};

/// "768 x 512, rgb u8".
[[nodiscard]] std::string size_and_pixels(const ImageInfo& info);

/// For people: a table, and a histogram of each channel as wide as the terminal allows.
[[nodiscard]] std::string to_text(const StatsFacts& facts, const Terminal& terminal);
[[nodiscard]] std::string to_json(const StatsFacts& facts);
/// A picture of all histograms.
[[nodiscard]] std::string to_svg(const StatsFacts& facts);

}  // namespace imgbuf::cli
