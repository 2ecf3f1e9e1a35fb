#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "drawing/layout_parts.hpp"
#include "drawing/layout_words.hpp"
#include "drawing/picture_style.hpp"

namespace imgbuf::drawing {

namespace {

constexpr double slot_width = 40;
constexpr double slot_height = 20;

class Tables {
 public:
  Tables(Svg& svg, const LayoutReport& report, const LayoutSample& sample, const std::vector<Point>& line_ends)
      : svg_(svg), report_(report), sample_(sample), layout_(report.layout), line_ends_(line_ends) {}

  double draw() {
    place_tables();
    draw_pointers();
    return draw_slots();
  }

 private:
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
      double bottom = memory_top;
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

  [[nodiscard]] static double table_x(int level) noexcept { return stride_room + level * level_width; }

  [[nodiscard]] double target_y(int level, const SampledSlot& slot) const {
    if (level + 1 == layout_.indirections()) return line_ends_[slot.target].y;
    const std::vector<SampledSlot>& slots = sample_.tables[slot.target].slots;
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (slots[i].index == 0) return tables_[slot.target].slot_y[i];
    return tables_[slot.target].y;
  }

  [[nodiscard]] double target_x(int level, const SampledSlot& slot) const {
    return level + 1 < layout_.indirections() ? table_x(level + 1) - 3 : line_ends_[slot.target].x - 2;
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

  double draw_slots() {
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
  const std::vector<Point>& line_ends_;
  std::vector<DrawnTable> tables_;
};

}  // namespace

double draw_tables(Svg& svg, const LayoutReport& report, const LayoutSample& sample,
                   const std::vector<Point>& line_ends) {
  return Tables(svg, report, sample, line_ends).draw();
}

}  // namespace imgbuf::drawing
