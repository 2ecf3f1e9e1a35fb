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

constexpr double stride_room = 36;  // left of tables, and of lines without pointers
constexpr double slot_width = 40;
constexpr double slot_height = 20;
constexpr double arrow_room = 64;
constexpr double label_room = 92;  // right of lines: the index that a line has
constexpr double panel_inset = 6;
constexpr double bar_height = 18;
constexpr double bar_gap = 4;
constexpr double top = 46;  // below the headings

double lines_x(const Layout& layout) noexcept {
  return layout.is_direct() ? stride_room + panel_inset
                            : layout.indirections() * (stride_room + slot_width + arrow_room) + panel_inset;
}

PathData box_path(double x1, double y1, double x2, double y2) {
  return PathData().move_to(x1, y1).line_to(x2, y1).line_to(x2, y2).line_to(x1, y2).close();
}

std::string counted(std::size_t count, const char* thing) {
  return grouped(count) + " " + thing + (count == 1 ? "" : "s");
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
        line_y_(sample.lines.size()) {}

  double draw() {
    const double bottom = draw_segments();
    if (layout_.is_direct()) draw_line_stride();
    place_tables();
    draw_pointers();
    return std::max(bottom, draw_tables());
  }

 private:
  // Segments.

  double draw_segments() {
    svg_.text(lines_x_ - panel_inset, 10, "Memory", "heading");
    double y = top - 18;
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
      svg_.text(label_x, y + 13, index_text(sample_.lines[row.line]), "value code");
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
    line_y_[row.line] = y + bar_height / 2;
    const double body = lines_x_ + scale_.body_x();
    const auto hatch = [&](double x, double width) {
      if (width > 1) svg_.rect({x + .5, y + .5, width - 1, bar_height - 1}, "hatch");
    };
    const double before = scale_.width_before(line.offset_bytes - row.begin);
    hatch(body - before, before);
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
    if (sample_.line_axes.empty() || sample_.lines.size() < 2 || sample_.lines[0].segment != sample_.lines[1].segment ||
        line_y_[0] == line_y_[1])
      return;
    const double x = lines_x_ - panel_inset - 10;
    draw_dimension(svg_, x, line_y_[0], x, line_y_[1]);
    const std::string text = signed_text(layout_.axis(sample_.line_axes.back()).byte_stride);
    const double y = (line_y_[0] + line_y_[1]) / 2;
    if (text_width(text, 10) > stride_room - 18)
      svg_.text(x - 6, y, text, "value", Anchor::middle, -90);
    else
      svg_.text(x - 7, y + 3.5, text, "value", Anchor::end);
  }

  // Pointer tables.

  /// A row of a drawn table: a slot, or slots that are not reached or left out.
  struct TableRow {
    enum class Kind : unsigned char { slot, not_reached, left_out };
    Kind kind;
    std::size_t slot;  ///< of `SampledTable::slots`
    std::size_t count;
  };

  struct DrawnTable {
    std::vector<TableRow> rows;
    double y = 0;
    std::vector<double> slot_y;  ///< centers
  };

  static double height_of(const TableRow& row) { return row.kind == TableRow::Kind::left_out ? 16 : slot_height; }

  static double height_of(const DrawnTable& table) {
    double height = 0;
    for (const TableRow& row : table.rows) height += height_of(row);
    return height;
  }

  static void add_empty_slots(DrawnTable& table, std::size_t count) {
    constexpr std::size_t most_empty_slots = 2;
    if (count <= most_empty_slots)
      for (std::size_t i = 0; i < count; ++i) table.rows.push_back({TableRow::Kind::not_reached, 0, 1});
    else
      table.rows.push_back({TableRow::Kind::left_out, 0, count});
  }

  [[nodiscard]] DrawnTable rows_of(const SampledTable& table) const {
    constexpr std::size_t bytes = sizeof(void*);
    DrawnTable drawn;
    const std::vector<SampledSlot>& slots = table.slots;
    const bool is_whole_segment = sample_.tables.size() == 1;
    if (is_whole_segment && slots.front().offset_bytes % bytes == 0)
      add_empty_slots(drawn, slots.front().offset_bytes / bytes);
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (i > 0) {
        const std::size_t between = (slots[i].offset_bytes - slots[i - 1].offset_bytes) / bytes - 1;
        const bool are_neighbours = std::abs(slots[i].index - slots[i - 1].index) == 1;
        if (are_neighbours)
          add_empty_slots(drawn, between);
        else if (between > 0)
          drawn.rows.push_back({TableRow::Kind::left_out, 0, between});
      }
      drawn.rows.push_back({TableRow::Kind::slot, i, 1});
    }
    if (is_whole_segment)
      add_empty_slots(drawn, (report_.segments[slots.back().segment].bytes - slots.back().offset_bytes) / bytes - 1);
    return drawn;
  }

  /// Each table beside what it leads to, those of a level below each other.
  void place_tables() {
    for (const SampledTable& table : sample_.tables) tables_.push_back(rows_of(table));
    for (int level = layout_.indirections() - 1; level >= 0; --level) {
      double bottom = top;
      for (std::size_t t = 0; t < tables_.size(); ++t) {
        if (sample_.tables[t].level != level) continue;
        double sum = 0;
        for (const SampledSlot& slot : sample_.tables[t].slots) sum += target_y(level, slot);
        DrawnTable& table = tables_[t];
        const double wanted = sum / static_cast<double>(sample_.tables[t].slots.size()) - height_of(table) / 2;
        table.y = std::max(bottom, wanted);
        bottom = table.y + height_of(table) + 16;
        double y = table.y;
        table.slot_y.resize(sample_.tables[t].slots.size());
        for (const TableRow& row : table.rows) {
          if (row.kind == TableRow::Kind::slot) table.slot_y[row.slot] = y + slot_height / 2;
          y += height_of(row);
        }
      }
    }
  }

  [[nodiscard]] double table_x(int level) const {
    return stride_room + level * (stride_room + slot_width + arrow_room);
  }

  [[nodiscard]] double target_y(int level, const SampledSlot& slot) const {
    if (level + 1 == layout_.indirections()) return line_y_[slot.target];
    const std::vector<SampledSlot>& slots = sample_.tables[slot.target].slots;
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (slots[i].index == 0) return tables_[slot.target].slot_y[i];
    return tables_[slot.target].y;
  }

  [[nodiscard]] double target_x(int level, const SampledSlot& slot) const {
    if (level + 1 < layout_.indirections()) return table_x(level + 1) - 3;
    const SampledLine& line = sample_.lines[slot.target];
    for (const DrawnSegment& segment : segments_)
      for (const SegmentRow& row : segment.rows)
        if (row.kind == SegmentRow::Kind::line && row.line == slot.target)
          return lines_x_ + scale_.body_x() - scale_.width_before(line.offset_bytes - row.begin) - 2;
    return lines_x_ - 2;
  }

  void draw_pointers() {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      const SampledTable& table = sample_.tables[t];
      const double x1 = table_x(table.level) + slot_width;
      for (std::size_t i = 0; i < table.slots.size(); ++i) {
        const SampledSlot& slot = table.slots[i];
        const double y1 = tables_[t].slot_y[i];
        const double x2 = target_x(table.level, slot);
        const double y2 = target_y(table.level, slot);
        const double bend = (x2 - x1) * .5;
        svg_.path(PathData().move_to(x1, y1).curve_to(x1 + bend, y1, x2 - bend - 4, y2, x2 - 4, y2),
                  "pointer " + tone_line_class(slot.tone));
        draw_tip(svg_, x2, y2, Direction::right, tone_class(slot.tone));
        svg_.rect({x1 - 2.5, y1 - 2.5, 5, 5}, tone_class(slot.tone), 2.5);
      }
    }
  }

  double draw_tables() {
    double bottom = 0;
    for (int level = 0; level < layout_.indirections(); ++level) draw_level_name(level);
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      draw_table(sample_.tables[t], tables_[t]);
      bottom = std::max(bottom, tables_[t].y + height_of(tables_[t]));
    }
    for (int level = 0; level < layout_.indirections(); ++level) draw_table_stride(level);
    return bottom;
  }

  void draw_level_name(int level) {
    const double x = table_x(level);
    const PointerLevel& pointers = report_.pointers[static_cast<std::size_t>(level)];
    svg_.text(x, 10, "Level " + std::to_string(level), "heading");
    svg_.text(x, 26, counted(pointers.pointers, "pointer"), "note");
    if (const std::ptrdiff_t offset = layout_.pointer_offset(level); offset != 0)
      svg_.text(x, 40, "then " + signed_text(offset), "note");
  }

  void draw_table(const SampledTable& table, const DrawnTable& drawn) {
    const double x = table_x(table.level);
    double y = drawn.y;
    for (const TableRow& row : drawn.rows) {
      const Box box{x + .5, y + .5, slot_width - 1, slot_height - 1};
      if (row.kind == TableRow::Kind::not_reached) svg_.rect(box, "hatch");
      if (row.kind == TableRow::Kind::left_out)
        svg_.text(x + slot_width / 2, y + 12, "\u22EE " + grouped(row.count), "value", Anchor::middle);
      if (row.kind == TableRow::Kind::slot) {
        svg_.rect(box, "slot");
        svg_.text(x + slot_width / 2, y + 13.5, std::to_string(table.slots[row.slot].index), "value code",
                  Anchor::middle);
      }
      y += height_of(row);
    }
    for (std::size_t i = 0; i < table.slots.size(); ++i)
      svg_.rect({x + slot_width - 3, drawn.slot_y[i] - 2.5, 5, 5}, tone_class(table.slots[i].tone), 2.5);
  }

  /// The step between two slots of the first table of a level; arrows come in at its first slot.
  void draw_table_stride(int level) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      const SampledTable& table = sample_.tables[t];
      if (table.level != level) continue;
      const std::ptrdiff_t from = level == 0 ? 0 : 1;
      double y1 = 0, y2 = 0;
      std::size_t found = 0;
      for (std::size_t i = 0; i < table.slots.size(); ++i) {
        if (table.slots[i].index == from) y1 = tables_[t].slot_y[i], ++found;
        if (table.slots[i].index == from + 1) y2 = tables_[t].slot_y[i], ++found;
      }
      if (found != 2) return;
      std::ptrdiff_t stride = 0;
      for (const int axis : report_.walk_order)
        if (layout_.axis(axis).level == level && layout_.axis(axis).byte_stride != 0)
          stride = layout_.axis(axis).byte_stride;
      const double x = table_x(level) - 8;
      draw_dimension(svg_, x, y1, x, y2);
      svg_.text(x - 7, (y1 + y2) / 2 + 3.5, signed_text(stride), "value", Anchor::end);
      return;
    }
  }

  Svg& svg_;
  const LayoutReport& report_;
  const LayoutSample& sample_;
  const Layout& layout_;
  std::vector<DrawnSegment> segments_;
  LineScale scale_;
  double lines_x_;
  std::vector<double> line_y_;  ///< centers of lines
  std::vector<DrawnTable> tables_;
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
