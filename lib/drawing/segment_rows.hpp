#pragma once

#include <cstddef>
#include <vector>

#include "drawing/layout_sample.hpp"
#include "imgbuf/explain_layout.hpp"

namespace imgbuf::drawing {

/// A stretch of a segment that is drawn as one row.
struct SegmentRow {
  enum class Kind : unsigned char {
    line,         ///< a line, with what lies before and behind it up to the neighbours
    not_reached,  ///< bytes that the array does not reach
    left_out,     ///< more lines, which the picture leaves out
  };

  Kind kind = Kind::line;
  std::size_t begin = 0;  ///< bytes from the segment's beginning
  std::size_t end = 0;
  std::size_t line = 0;           ///< of `LayoutSample::lines`
  std::ptrdiff_t line_count = 0;  ///< of those left out; 0 when it is not known
};

/// A segment as a column of rows, lines of one pitch below each other.
struct DrawnSegment {
  std::size_t segment = 0;
  std::vector<SegmentRow> rows;
  std::ptrdiff_t pitch_bytes = 0;  ///< between lines that follow one another; 0 when they are not even, or one
};

/// The segments that hold lines of a sample, in the storage's order.
[[nodiscard]] std::vector<DrawnSegment> segment_rows(const LayoutReport& report, const LayoutSample& sample);

}  // namespace imgbuf::drawing
