#pragma once

#include <vector>

#include "drawing/layout_sample.hpp"
#include "drawing/svg.hpp"
#include "imgbuf/explain_layout.hpp"

namespace imgbuf::drawing {

// The parts of a layout's picture. Each draws at the origin of the present group and returns the height it took.

/// The index space: its rows in their colours, the way of the walk, and what each axis is.
double draw_index_space(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width);

/// Pointer tables, arrows and segments.
double draw_memory(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width);

/// Where the left end of a line is drawn.
struct Point {
  double x = 0;
  double y = 0;
};

/// The pointer tables of a picture of memory and their arrows, part of `draw_memory`.
/// @param line_ends  where pointers to the lines of the sample lead
double draw_tables(Svg& svg, const LayoutReport& report, const LayoutSample& sample,
                   const std::vector<Point>& line_ends);

inline constexpr double stride_room = 36;   ///< left of tables, and of lines without pointers
inline constexpr double level_width = 140;  ///< of a table with its stride and its arrows
inline constexpr double memory_top = 46;    ///< of tables and lines, below the headings

/// The width that is left for the lines of a segment, in a part of some width.
[[nodiscard]] double line_width(const Layout& layout, double width);

/// What consumers get, green, blue and amber.
double draw_answers(Svg& svg, const LayoutReport& report, double width);

}  // namespace imgbuf::drawing
