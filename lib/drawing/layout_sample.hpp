#pragma once

#include <cstddef>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/explain_layout.hpp"

namespace imgbuf::drawing {

/// How many different colours show when the walk comes to a row: the first is the first row's, the last the last's.
inline constexpr int tone_count = 8;

/// Indices of one axis that are drawn: all, or the first ones and the last, ascending.
struct PickedIndices {
  std::vector<std::ptrdiff_t> indices;
  std::ptrdiff_t extent = 0;

  [[nodiscard]] bool is_complete() const noexcept { return static_cast<std::ptrdiff_t>(indices.size()) == extent; }
};

/// An element of a line.
struct SampledCell {
  std::ptrdiff_t offset_bytes = 0;  ///< from the lowest byte of the line
  int tone = -1;                    ///< -1: the line's
  std::size_t pixel = 0;            ///< cells of one pixel lie together
};

/// A line: the elements that lie close together, such as the pixels of a row or one plane of it.
struct SampledLine {
  std::size_t segment = 0;
  std::size_t offset_bytes = 0;       ///< of its lowest byte, from the segment's beginning
  std::vector<std::ptrdiff_t> index;  ///< one for each axis; -1 for an axis along the line
  std::ptrdiff_t ordinal = 0;         ///< its place among all lines, in the order of the walk
  int tone = 0;
};

/// A slot of a pointer table.
struct SampledSlot {
  std::size_t segment = 0;
  std::size_t offset_bytes = 0;  ///< from the segment's beginning
  std::ptrdiff_t index = 0;      ///< along the innermost axis of its level
  int tone = -1;                 ///< -1: of no one row
  std::size_t target = 0;        ///< a table of the next level, or on the last a line
};

/// A pointer table: a place where a level's arithmetic starts.
struct SampledTable {
  int level = 0;
  std::vector<SampledSlot> slots;  ///< by offset
};

/// The part of an array that a picture of it shows: few enough lines, slots and cells to be read, whatever its size.
struct LayoutSample {
  int row_axis = -1;                   ///< of the index space as it is drawn: -1 where there is none
  int column_axis = -1;                ///< the same
  int cell_axis = -1;                  ///< channels, all of which are one cell of the index space
  std::vector<int> line_axes;          ///< axes that step from line to line on the last level, outermost first
  std::vector<int> inner_axes;         ///< axes along a line, outermost first
  std::vector<PickedIndices> picks;    ///< one for each axis
  std::vector<SampledCell> cells;      ///< of each line, in the order of the walk
  std::ptrdiff_t line_bytes = 0;       ///< from the lowest to the highest byte of a line
  std::size_t line_element_bytes = 0;  ///< of a line's elements, those left out too
  std::ptrdiff_t line_count = 1;       ///< of the array; where pointers repeat, of its indices
  std::vector<SampledLine> lines;      ///< each different memory once
  std::vector<SampledTable> tables;    ///< each before those that it leads to

  /// The colour of a row of the index space.
  [[nodiscard]] int tone_of(const Layout& layout, std::ptrdiff_t row) const noexcept;
};

/// @param most_bytes  of a line that is drawn, before indices along it are left out
[[nodiscard]] LayoutSample sample_layout(const Array& array, const LayoutReport& report, std::ptrdiff_t most_bytes);

}  // namespace imgbuf::drawing
