#include "bar_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace imgbuf::cli {

namespace {

/// The characters of a line, by how much of it is filled, and the end of a bar that is cut.
struct Characters {
  std::span<const std::string_view> filled;
  std::string_view cut;
};

constexpr std::array<std::string_view, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 4> ascii{" ", ".", ":", "#"};

}  // namespace

std::string bar_chart(std::span<const double> bars, double top, int lines, const std::string& indent,
                      const std::string& color, const Terminal& terminal) {
  const Characters characters = terminal.has_unicode ? Characters{blocks, "▲"} : Characters{ascii, "^"};
  const int levels = static_cast<int>(characters.filled.size()) - 1;  // of one line
  const auto height = [&](double bar) {
    const int full = lines * levels;
    const int rounded = static_cast<int>(std::lround(std::min(bar / top, 1.) * full));
    return bar > 0 ? std::max(rounded, 1) : 0;
  };
  std::string text;
  for (int line = lines - 1; line >= 0; --line) {
    std::string drawn;
    std::size_t end = 0;  // of what is to be seen
    for (const double bar : bars) {
      const int filled = std::clamp(height(bar) - line * levels, 0, levels);
      const bool is_cut = line == lines - 1 && bar > top * (1 + 1e-12);
      drawn += is_cut ? characters.cut : characters.filled[static_cast<std::size_t>(filled)];
      if (filled > 0) end = drawn.size();
    }
    drawn.resize(end);
    if (terminal.has_color && !color.empty() && end > 0) drawn = "\x1b[" + color + "m" + drawn + "\x1b[0m";
    if (end > 0) text += indent + drawn + "\n";
  }
  return text;
}

}  // namespace imgbuf::cli
