#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drawing/svg.hpp"

namespace imgbuf::drawing {

// What the parts of a layout's picture have in common.

/// Adds the colours of rows, arrows and what is not reached to a document.
void add_picture_style(Svg& svg);

/// The class of an area in a row's colour; gray for -1.
[[nodiscard]] std::string tone_class(int tone);
/// The class of a line in a row's colour; gray for -1.
[[nodiscard]] std::string tone_line_class(int tone);

/// An arrowhead whose point is at (x, y).
enum class Direction { left, right, up, down };
void draw_tip(Svg& svg, double x, double y, Direction direction, std::string_view class_name);

/// A stride: an arrow from one index to the next, along a row or down a column.
void draw_dimension(Svg& svg, double x1, double y1, double x2, double y2);

/// "+8", "-3".
[[nodiscard]] std::string signed_text(std::ptrdiff_t value);

/// A text of one line, cut at its end where it is wider than `width`.
[[nodiscard]] std::string fitted(std::string_view text, double width, double font_size, bool is_monospaced = false);

/// Words in lines that are no wider than `width`, unless a word is.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, double width, double font_size);

}  // namespace imgbuf::drawing
