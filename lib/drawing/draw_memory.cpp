#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "drawing/layout_parts.hpp"
#include "drawing/layout_words.hpp"
#include "drawing/line_scale.hpp"
#include "drawing/picture_style.hpp"
#include "drawing/segment_rows.hpp"

namespace imgbuf::drawing {

namespace {

constexpr double label_room = 96;  // right of lines: the index that a line has
constexpr double panel_inset = 6;
constexpr double bar_height = 18;
constexpr double bar_gap = 4;

double lines_x(const Layout& layout) noexcept {
  return layout.is_direct() ? stride_room + panel_inset : layout.indirections() * level_width + panel_inset;
}

PathData box_path(double x1, double y1, double x2, double y2) {
  return PathData().move_to(x1, y1).line_to(x2, y1).line_to(x2, y2).line_to(x1, y2).close();
}

class Memory {
 public:
  Memory(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width)
      : svg_(svg),
        report_(report),
        sample_(sample),
        layout_(report.layout),
        segments_(segment_rows(report, sample)),
        scale_(layout_, report.format.itemsize(), sample, segments_, line_width(layout_, width)),
        lines_x_(lines_x(layout_)),
        line_ends_(sample.lines.size()) {}

  double draw() {
    const double bottom = draw_segments();
    if (layout_.is_direct()) draw_line_stride();
    return std::max(bottom, draw_tables(svg_, report_, sample_, line_ends_));
  }

 private:
  // Segments.

  double draw_segments() {
    svg_.text(lines_x_ - panel_inset, 10, "Memory", "heading");
    double y = memory_top - 18;
    std::size_t next = 0;
    for (const DrawnSegment& segment : segments_) {
      y = draw_others(next, segment.segment, y);
      y = draw_segment(segment, y);
      next = segment.segment + 1;
    }
    return draw_others(next, report_.segments.size(), y);
  }

  /// Segments without a line in the picture: the first ones that are not reached, and how many more there are.
  double draw_others(std::size_t begin, std::size_t end, double y) {
    std::size_t reached = 0, not_reached = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const ReachedSegment& segment = report_.segments[i];
      if (segment.element_bytes != 0)
        ++reached;
      else if (segment.pointer_bytes == 0 && segment.bytes != 0)
        ++not_reached;
    }
    const auto say = [&](std::size_t count, const char* what) {
      if (count == 0) return;
      svg_.text(lines_x_ - panel_inset, y + 12, "\u22EE  " + counted(count, what), "note");
      y += 26;
    };
    say(reached, "more segment");
    if (not_reached == 1) return draw_empty_segment(begin, end, y);
    if (not_reached > 1) {
      svg_.text(lines_x_ - panel_inset, y + 12, "\u22EE  " + grouped(not_reached) + " segments that are not reached",
                "note");
      y += 26;
    }
    return y;
  }

  double draw_empty_segment(std::size_t begin, std::size_t end, double y) {
    for (std::size_t i = begin; i < end; ++i) {
      const ReachedSegment& segment = report_.segments[i];
      if (segment.element_bytes != 0 || segment.pointer_bytes != 0 || segment.bytes == 0) continue;
      draw_segment_name(i, y);
      const double width = segments_.empty() ? 240 : scale_.total_width();
      svg_.rect({lines_x_ - panel_inset, y + 18, width + 2 * panel_inset, 10 + 2 * panel_inset}, "panel", 4);
      svg_.rect({lines_x_ + .5, y + 18.5 + panel_inset, width - 1, 9}, "hatch");
      y += 18 + 10 + 2 * panel_inset + 12;
    }
    return y;
  }

  void draw_segment_name(std::size_t place, double y) {
    const ReachedSegment& segment = report_.segments[place];
    const std::string name = "segment " + std::to_string(place);
    svg_.text(lines_x_ - panel_inset, y + 11, name, "ink");
    std::string facts = bytes_text(segment.bytes);
    if (segment.element_bytes == 0)
      facts += ", not reached";
    else if (segment.element_bytes != segment.bytes)
      facts += ", " + grouped(segment.element_bytes) + " reached";
    if (segment.access == Access::read_only) facts += ", read-only";
    svg_.text(lines_x_ - panel_inset + text_width(name, ink_size) + 10, y + 11, facts, "note");
  }

  [[nodiscard]] static double height_of(const SegmentRow& row, const DrawnSegment& segment) {
    switch (row.kind) {
      case SegmentRow::Kind::line:
        return bar_height;
      case SegmentRow::Kind::left_out:
        return 16;
      case SegmentRow::Kind::not_reached:
        break;
    }
    return is_empty_line(row, segment) ? bar_height : 9;
  }

  [[nodiscard]] static bool is_empty_line(const SegmentRow& row, const DrawnSegment& segment) {
    return static_cast<std::ptrdiff_t>(row.end - row.begin) == segment.pitch_bytes;
  }

  double draw_segment(const DrawnSegment& segment, double y) {
    draw_segment_name(segment.segment, y);
    y += 18;
    const bool has_strides = !has_strides_ && !sample_.inner_axes.empty();
    const double strides_height = has_strides ? 6 + 15.0 * static_cast<double>(stride_count()) : 0;
    double height = 2 * panel_inset + strides_height - bar_gap;
    for (const SegmentRow& row : segment.rows) height += height_of(row, segment) + bar_gap;
    svg_.rect({lines_x_ - panel_inset, y, scale_.total_width() + 2 * panel_inset, height}, "panel", 4);
    double row_y = y + panel_inset + strides_height;
    if (has_strides) draw_strides(row_y - 8);
    has_strides_ = true;
    for (const SegmentRow& row : segment.rows) {
      draw_row(row, segment, row_y);
      row_y += height_of(row, segment) + bar_gap;
    }
    return y + height + 14;
  }

  void draw_row(const SegmentRow& row, const DrawnSegment& segment, double y) {
    const double label_x = lines_x_ + scale_.total_width() + panel_inset + 8;
    if (row.kind == SegmentRow::Kind::line) {
      draw_line(row, y);
      svg_.text(label_x, y + 13, fitted(index_text(sample_.lines[row.line]), label_room - 2, 10, true), "value code");
      return;
    }
    if (row.kind == SegmentRow::Kind::left_out) {
      const std::string text = row.line_count > 0 ? counted(static_cast<std::size_t>(row.line_count), "more line")
                                                  : bytes_text(row.end - row.begin) + " with more lines";
      svg_.text(lines_x_ + scale_.body_x() + 2, y + 12, "\u22EE  " + text, "note");
      return;
    }
    const double height = height_of(row, segment);
    svg_.rect({lines_x_ + .5, y + .5, scale_.total_width() - 1, height - 1}, "hatch");
    if (!is_empty_line(row, segment)) svg_.text(label_x, y + 8, bytes_text(row.end - row.begin), "value");
  }

  void draw_line(const SegmentRow& row, double y) {
    const SampledLine& line = sample_.lines[row.line];
    const double body = lines_x_ + scale_.body_x();
    const auto hatch = [&](double x, double width) {
      if (width > 1) svg_.rect({x + .5, y + .5, width - 1, bar_height - 1}, "hatch");
    };
    const double before = scale_.width_before(line.offset_bytes - row.begin);
    hatch(body - before, before);
    line_ends_[row.line] = {body - before, y + bar_height / 2};
    const std::size_t end = line.offset_bytes + static_cast<std::size_t>(sample_.line_bytes);
    if (row.end > end) hatch(body + scale_.body_width(), scale_.width_after(row.end - end));

    std::map<int, PathData> pixels;
    PathData splits;
    for (const LineScale::Part& part : scale_.parts()) {
      const double x = body + part.x;
      if (part.kind == LineScale::Part::Kind::not_reached) hatch(x, part.width);
      if (part.kind == LineScale::Part::Kind::left_out)
        svg_.text(x + part.width / 2, y + 13, "\u22EF", "note", Anchor::middle);
      if (part.kind != LineScale::Part::Kind::pixel) continue;
      const double inset = part.width > 4 ? .75 : 0;
      const PathData box = box_path(x + inset, y, x + part.width - inset, y + bar_height);
      PathData& all = pixels[part.tone < 0 ? line.tone : part.tone];
      all.append(box);
      for (const double split : part.splits) splits.move_to(body + split, y).line_to(body + split, y + bar_height);
    }
    for (const auto& [tone, path] : pixels) svg_.path(path, tone_class(tone));
    if (!splits.empty()) svg_.path(splits, "split");
  }

  /// "[2, :, 1]".
  [[nodiscard]] std::string index_text(const SampledLine& line) const {
    std::string text = "[";
    for (std::size_t a = 0; a < line.index.size(); ++a) {
      text += a == 0 ? "" : ", ";
      const bool repeats =
          layout_.axis(static_cast<int>(a)).byte_stride == 0 && layout_.axis(static_cast<int>(a)).extent > 1;
      text += line.index[a] < 0 || repeats ? ":" : std::to_string(line.index[a]);
    }
    return text + "]";
  }

  // Strides.

  /// Axes along a line that have two indices to step between.
  [[nodiscard]] std::size_t stride_count() const {
    return static_cast<std::size_t>(std::count_if(sample_.inner_axes.begin(), sample_.inner_axes.end(),
                                                  [&](int axis) { return layout_.axis(axis).extent > 1; }));
  }

  /// The steps along a line: above it, the smallest lowest.
  void draw_strides(double y) {
    const double body = lines_x_ + scale_.body_x();
    std::size_t cells_apart = 1;
    for (std::size_t i = sample_.inner_axes.size(); i-- > 0;) {
      const int axis = sample_.inner_axes[i];
      if (layout_.axis(axis).extent > 1 && cells_apart < sample_.cells.size()) {
        const double from = body + x_of(sample_.cells[0]);
        const double to = body + x_of(sample_.cells[cells_apart]);
        draw_dimension(svg_, from, y, to, y);
        const std::string text = signed_text(layout_.axis(axis).byte_stride);
        if (to > from)
          svg_.text(to + 5, y + 3.5, text, "value");
        else
          svg_.text(to - 5, y + 3.5, text, "value", Anchor::end);
        y -= 15;
      }
      cells_apart *= sample_.picks[static_cast<std::size_t>(axis)].indices.size();
    }
  }

  /// Where the lowest byte of a cell is drawn, from the body.
  [[nodiscard]] double x_of(const SampledCell& cell) const {
    for (const LineScale::Part& part : scale_.parts())
      if (cell.offset_bytes >= part.begin && cell.offset_bytes < part.end)
        return part.x + part.width * static_cast<double>(cell.offset_bytes - part.begin) /
                            static_cast<double>(part.end - part.begin);
    return 0;
  }

  /// The step from the first line to the second, where no pointer leads there.
  void draw_line_stride() {
    if (sample_.line_axes.empty() || sample_.lines.size() < 2 || sample_.lines[0].segment != sample_.lines[1].segment)
      return;
    const double from = line_ends_[0].y;
    const double to = line_ends_[1].y;
    const double x = lines_x_ - panel_inset - 10;
    draw_dimension(svg_, x, from, x, to);
    const std::string text = signed_text(layout_.axis(sample_.line_axes.back()).byte_stride);
    const double y = (from + to) / 2;
    if (text_width(text, 10) > stride_room - 18)
      svg_.text(x - 6, y, text, "value", Anchor::middle, -90);
    else
      svg_.text(x - 7, y + 3.5, text, "value", Anchor::end);
  }

  Svg& svg_;
  const LayoutReport& report_;
  const LayoutSample& sample_;
  const Layout& layout_;
  std::vector<DrawnSegment> segments_;
  LineScale scale_;
  double lines_x_;
  std::vector<Point> line_ends_;
  bool has_strides_ = false;
};

}  // namespace

double line_width(const Layout& layout, double width) {
  return std::max(width - lines_x(layout) - panel_inset - label_room, 80.0);
}

double draw_memory(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width) {
  return Memory(svg, report, sample, width).draw();
}

}  // namespace imgbuf::drawing
