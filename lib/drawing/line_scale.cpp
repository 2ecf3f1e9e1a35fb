#include "drawing/line_scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace imgbuf::drawing {

namespace {

constexpr double left_out_width = 20;
constexpr double long_stretch_width = 36;
constexpr std::size_t long_stretch_bytes = 16;

}  // namespace

LineScale::LineScale(const Layout& layout, std::ptrdiff_t itemsize, const LayoutSample& sample,
                     const std::vector<DrawnSegment>& segments, double width) {
  add_parts(layout, itemsize, sample);
  std::size_t before = 0, after = 0;
  for (const DrawnSegment& segment : segments)
    for (const SegmentRow& row : segment.rows)
      if (row.kind == SegmentRow::Kind::line) {
        const std::size_t low = sample.lines[row.line].offset_bytes;
        before = std::max(before, low - row.begin);
        after = std::max(after, row.end - std::min(row.end, low + static_cast<std::size_t>(sample.line_bytes)));
      }
  double fixed = 0, bytes = 0;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::left_out)
      fixed += left_out_width;
    else
      bytes += static_cast<double>(part.end - part.begin);
  }
  for (const std::size_t stretch : {before, after}) {
    if (stretch > long_stretch_bytes)
      fixed += long_stretch_width;
    else
      bytes += static_cast<double>(stretch);
  }
  unit_ = std::clamp(std::floor((width - fixed) / std::max(bytes, 1.0) * 2) / 2, 1.0, 22.0);
  double x = 0;
  for (Part& part : parts_) {
    part.x = x;
    part.width =
        part.kind == Part::Kind::left_out ? left_out_width : unit_ * static_cast<double>(part.end - part.begin);
    for (double& split : part.splits) split = x + split * unit_;
    x += part.width;
  }
  const auto unit_of = [&](std::size_t stretch) {
    return stretch > long_stretch_bytes ? long_stretch_width / static_cast<double>(stretch) : unit_;
  };
  unit_before_ = unit_of(before);
  unit_after_ = unit_of(after);
  body_x_ = width_before(before);
  body_width_ = x;
  total_width_ = body_x_ + body_width_ + width_after(after);
}

void LineScale::add_parts(const Layout& layout, std::ptrdiff_t itemsize, const LayoutSample& sample) {
  std::vector<SampledCell> cells = sample.cells;
  std::sort(cells.begin(), cells.end(),
            [](const SampledCell& a, const SampledCell& b) { return a.offset_bytes < b.offset_bytes; });
  const std::ptrdiff_t step =
      sample.inner_axes.empty() ? 0 : std::abs(layout.axis(sample.inner_axes.front()).byte_stride);
  const SampledCell* previous = nullptr;
  for (const SampledCell& cell : cells) {
    const std::ptrdiff_t end = previous ? parts_.back().end : 0;
    if (cell.offset_bytes < end) continue;  // elements overlap
    if (previous && cell.pixel == previous->pixel && cell.offset_bytes == end) {
      parts_.back().splits.push_back(static_cast<double>(cell.offset_bytes - parts_.back().begin));
      parts_.back().end += itemsize;
    } else {
      if (cell.offset_bytes > end)
        parts_.push_back({previous && cell.offset_bytes - previous->offset_bytes > step ? Part::Kind::left_out
                                                                                        : Part::Kind::not_reached,
                          end,
                          cell.offset_bytes,
                          0,
                          0,
                          -1,
                          {}});
      parts_.push_back({Part::Kind::pixel, cell.offset_bytes, cell.offset_bytes + itemsize, 0, 0, cell.tone, {}});
    }
    previous = &cell;
  }
}

}  // namespace imgbuf::drawing
