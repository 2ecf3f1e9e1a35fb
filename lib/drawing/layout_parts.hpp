#pragma once

#include "drawing/layout_sample.hpp"
#include "drawing/svg.hpp"
#include "imgbuf/explain_layout.hpp"

namespace imgbuf::drawing {

// The parts of a layout's picture. Each draws at the origin of the present group and returns the height it took.

/// The index space: its rows in their colours, the way of the walk, and what each axis is.
double draw_index_space(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width);

/// Pointer tables, arrows and segments.
double draw_memory(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width);

/// The width that is left for the lines of a segment, in a part of some width.
[[nodiscard]] double line_width(const Layout& layout, double width);

/// What consumers get, green, blue and amber.
double draw_answers(Svg& svg, const LayoutReport& report, double width);

}  // namespace imgbuf::drawing
