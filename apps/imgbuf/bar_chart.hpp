#pragma once

#include <span>
#include <string>

#include "terminal.hpp"

namespace imgbuf::cli {

/// Bars of characters, side by side, in lines from top to bottom: blocks in eighths of a line where the terminal has
/// Unicode, else `.`, `:` and `#` for thirds. A bar above the top ends in an arrow head. A bar that is not 0 is seen.
/// Lines above the highest bar are left out.
/// @param top     what the highest bar stands for; greater than 0
/// @param indent  put before each line
/// @param color   an SGR parameter such as "31", for terminals with colour; may be empty
[[nodiscard]] std::string bar_chart(std::span<const double> bars, double top, int lines, const std::string& indent,
                                    const std::string& color, const Terminal& terminal);

}  // namespace imgbuf::cli
