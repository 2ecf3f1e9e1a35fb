#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drawing/layout_parts.hpp"
#include "drawing/layout_words.hpp"
#include "drawing/picture_style.hpp"

namespace imgbuf::drawing {

namespace {

constexpr double index_gutter = 34;  // for the numbers of rows
constexpr double gap = 16;           // where indices are left out
constexpr double line_height = 16;

/// Where the indices of one axis are drawn.
struct Ruler {
  std::vector<double> centers;
  std::vector<double> gaps;  ///< centers of what is left out
  double length = 0;
};

Ruler ruler_of(const LayoutSample& sample, int axis, double cell) {
  if (axis < 0) return {{cell / 2}, {}, cell};
  Ruler ruler;
  std::ptrdiff_t next = 0;
  const PickedIndices& picked = sample.picks[static_cast<std::size_t>(axis)];
  for (const std::ptrdiff_t i : picked.indices) {
    if (i != next) ruler.gaps.push_back((ruler.length += gap) - gap / 2);
    ruler.length += cell;
    ruler.centers.push_back(ruler.length - cell / 2);
    next = i + 1;
  }
  if (next != picked.extent) ruler.gaps.push_back((ruler.length += gap) - gap / 2);
  return ruler;
}

std::size_t count_of(const LayoutSample& sample, int axis) {
  return axis < 0 ? 1 : sample.picks[static_cast<std::size_t>(axis)].indices.size();
}

class IndexSpace {
 public:
  IndexSpace(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width)
      : svg_(svg), report_(report), sample_(sample), width_(width) {
    const double room = width - index_gutter - gap;
    const auto fit = [&](int axis) {
      return room / static_cast<double>(std::max<std::size_t>(count_of(sample, axis), 1));
    };
    cell_ = std::clamp(std::min(fit(sample.column_axis), fit(sample.row_axis)), 6.0, 24.0);
    rows_ = ruler_of(sample, sample.row_axis, cell_);
    columns_ = ruler_of(sample, sample.column_axis, cell_);
  }

  double draw() {
    svg_.text(0, 10, "Index space", "heading");
    if (report_.layout.is_empty()) {
      svg_.text(0, 32, "No elements: no pointer is followed.", "note");
      return draw_axes(52);
    }
    svg_.begin_group(index_gutter, 38);
    draw_labels();
    draw_cells();
    draw_walk();
    svg_.end_group();
    return draw_axes(draw_captions(38 + rows_.length + 20));
  }

 private:
  [[nodiscard]] std::string index_text(int axis, std::size_t place) const {
    return std::to_string(sample_.picks[static_cast<std::size_t>(axis)].indices[place]);
  }

  void draw_labels() {
    if (sample_.row_axis >= 0 && cell_ >= 10)
      for (std::size_t r = 0; r < rows_.centers.size(); ++r)
        svg_.text(-7, rows_.centers[r] + 3.5, index_text(sample_.row_axis, r), "value", Anchor::end);
    for (const double y : rows_.gaps) svg_.text(-7, y + 3, "\u22EE", "value", Anchor::end);
    if (sample_.column_axis >= 0) draw_column_labels();
  }

  /// The numbers of columns: the last always, of the others those that have room.
  void draw_column_labels() {
    const std::vector<double>& centers = columns_.centers;
    const auto half_width = [&](std::size_t c) { return text_width(index_text(sample_.column_axis, c), 10) / 2 + 1.5; };
    const std::size_t last = centers.size() - 1;
    const double last_begin = centers[last] - half_width(last);
    double end = -100;  // of the label before
    const auto draw = [&](double x, std::string_view text, double half) {
      if (x - half < end || (x != centers[last] && x + half > last_begin)) return;
      svg_.text(x, -6, text, "value", Anchor::middle);
      end = x + half;
    };
    std::size_t gap_place = 0;
    for (std::size_t c = 0; c <= last; ++c) {
      for (; gap_place < columns_.gaps.size() && columns_.gaps[gap_place] < centers[c]; ++gap_place)
        draw(columns_.gaps[gap_place], "\u22EF", 5);
      draw(centers[c], index_text(sample_.column_axis, c), half_width(c));
    }
    for (; gap_place < columns_.gaps.size(); ++gap_place)
      svg_.text(columns_.gaps[gap_place], -6, "\u22EF", "value", Anchor::middle);
  }

  void draw_cells() {
    const double inset = cell_ > 10 ? 1 : .5;
    for (std::size_t r = 0; r < rows_.centers.size(); ++r) {
      const int tone =
          sample_.row_axis < 0
              ? 0
              : sample_.tone_of(report_.layout, sample_.picks[static_cast<std::size_t>(sample_.row_axis)].indices[r]);
      PathData cells;
      for (const double center : columns_.centers) {
        const double left = center - cell_ / 2 + inset, right = center + cell_ / 2 - inset;
        const double top = rows_.centers[r] - cell_ / 2 + inset, bottom = rows_.centers[r] + cell_ / 2 - inset;
        cells.move_to(left, top).line_to(right, top).line_to(right, bottom).line_to(left, bottom).close();
      }
      svg_.path(cells, tone_class(tone));
    }
  }

  [[nodiscard]] bool walks_columns_first() const {
    const auto place = [&](int axis) {
      return std::find(report_.walk_order.begin(), report_.walk_order.end(), axis) - report_.walk_order.begin();
    };
    return sample_.row_axis >= 0 && count_of(sample_, sample_.row_axis) > 1 &&
           (count_of(sample_, sample_.column_axis) == 1 || place(sample_.column_axis) < place(sample_.row_axis));
  }

  void draw_walk() {
    const bool down = walks_columns_first();
    const Ruler& outer = down ? columns_ : rows_;
    const Ruler& inner = down ? rows_ : columns_;
    const double first = inner.centers.front();
    const double last = inner.centers.back();
    const double reach = inner.centers.size() > 1 ? cell_ * .22 : 0;
    PathData way, back;
    const auto point = [&](double along, double across) {
      return down ? std::pair(across, along) : std::pair(along, across);
    };
    const auto add = [&](PathData& path, double along1, double across1, double along2, double across2) {
      const auto [x1, y1] = point(along1, across1);
      const auto [x2, y2] = point(along2, across2);
      path.move_to(x1, y1).line_to(x2, y2);
    };
    for (std::size_t i = 0; i < outer.centers.size(); ++i) {
      if (reach != 0) add(way, first - reach, outer.centers[i], last + reach - 4, outer.centers[i]);
      if (i + 1 < outer.centers.size()) add(back, last, outer.centers[i], first, outer.centers[i + 1]);
    }
    if (!back.empty()) svg_.path(back, "walk back");
    if (!way.empty()) svg_.path(way, "walk");
    for (const double across : outer.centers) {
      const auto [x, y] = point(last + reach + 1, across);
      if (reach != 0) draw_tip(svg_, x, y, down ? Direction::down : Direction::right, "walk-tip");
    }
    const auto [x, y] = point(first - reach, outer.centers.front());
    svg_.rect({x - 2.5, y - 2.5, 5, 5}, "walk-tip", 2.5);
  }

  double draw_captions(double y) {
    std::vector<std::string> captions;
    if (sample_.cell_axis >= 0 && report_.layout.extent(sample_.cell_axis) > 1)
      captions.push_back("Each cell: " + std::to_string(report_.layout.extent(sample_.cell_axis)) +
                         " values along axis " + std::to_string(sample_.cell_axis) + ".");
    std::string others;
    for (int a = 0; a < report_.layout.rank(); ++a)
      if (a != sample_.row_axis && a != sample_.column_axis && a != sample_.cell_axis)
        others += (others.empty() ? "Index 0 of axis " : ", ") + std::to_string(a);
    if (!others.empty()) captions.push_back(others + ".");
    std::string walk;
    for (const int axis : report_.walk_order)
      walk += (walk.empty() ? "The walk: axis " : ", then ") + std::to_string(axis);
    captions.push_back(walk.empty() ? "The walk is one step." : walk + ".");
    for (const std::string& caption : captions)
      for (const std::string& line : wrapped(caption, width_, note_size)) {
        svg_.text(0, y, line, "note");
        y += line_height;
      }
    return y + 8;
  }

  double draw_axes(double y) {
    const Layout& layout = report_.layout;
    if (layout.rank() == 0) return y;
    constexpr double columns[] = {28, 92, 160, 208};
    const char* const names[] = {"axis", "extent", "stride", "level"};
    const std::size_t used = layout.is_direct() ? 3 : 4;
    for (std::size_t i = 0; i < used; ++i) svg_.text(columns[i], y, names[i], "value", Anchor::end);
    svg_.line(0, y + 5.5, columns[used - 1], y + 5.5, "grid");
    constexpr int most_axes = 8;
    for (int a = 0; a < layout.rank(); ++a) {
      y += line_height;
      if (a == most_axes) {
        svg_.text(columns[0], y, "\u22EE", "ink", Anchor::end);
        break;
      }
      const Axis& axis = layout.axis(a);
      const std::string values[] = {std::to_string(a), std::to_string(axis.extent), signed_text(axis.byte_stride),
                                    std::to_string(axis.level)};
      for (std::size_t i = 0; i < used; ++i) svg_.text(columns[i], y, values[i], "note code", Anchor::end);
    }
    return y;
  }

  Svg& svg_;
  const LayoutReport& report_;
  const LayoutSample& sample_;
  double width_;
  double cell_ = 24;
  Ruler rows_;
  Ruler columns_;
};

}  // namespace

double draw_index_space(Svg& svg, const LayoutReport& report, const LayoutSample& sample, double width) {
  return IndexSpace(svg, report, sample, width).draw();
}

}  // namespace imgbuf::drawing
