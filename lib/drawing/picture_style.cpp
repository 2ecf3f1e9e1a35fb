#include "drawing/picture_style.hpp"

#include <cstddef>

namespace imgbuf::drawing {

namespace {

// From blue to rose, in steps of one lightness; green and amber are left to the answers of consumers.
constexpr StyleRule rules[] = {
    {".t0", "fill:#4a7fe0", "fill:#6c9cf5"},
    {".t1", "fill:#6476e0", "fill:#8391f7"},
    {".t2", "fill:#7f6ddb", "fill:#9d88f2"},
    {".t3", "fill:#9965d0", "fill:#b67fe6"},
    {".t4", "fill:#b15ec0", "fill:#cc7ad4"},
    {".t5", "fill:#c55aa9", "fill:#dd78bd"},
    {".t6", "fill:#d35a8e", "fill:#ea7aa3"},
    {".t7", "fill:#dc6074", "fill:#f08388"},
    {".l0", "stroke:#4a7fe0", "stroke:#6c9cf5"},
    {".l1", "stroke:#6476e0", "stroke:#8391f7"},
    {".l2", "stroke:#7f6ddb", "stroke:#9d88f2"},
    {".l3", "stroke:#9965d0", "stroke:#b67fe6"},
    {".l4", "stroke:#b15ec0", "stroke:#cc7ad4"},
    {".l5", "stroke:#c55aa9", "stroke:#dd78bd"},
    {".l6", "stroke:#d35a8e", "stroke:#ea7aa3"},
    {".l7", "stroke:#dc6074", "stroke:#f08388"},
    {".lx", "stroke:#98a2b3", "stroke:#667085"},
    {".tx", "fill:#98a2b3", "fill:#667085"},
    {".pointer", "fill:none;stroke-width:1.5"},
    {".split", "fill:none;stroke:#fff;stroke-opacity:.45;stroke-width:.75", "stroke:#11151c"},
    {".walk", "fill:none;stroke:#fff;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round", "stroke:#0b0e13"},
    {".back", "stroke-dasharray:1.5 3;stroke-opacity:.85"},
    {".walk-tip", "fill:#fff", "fill:#0b0e13"},
    {".dimension", "fill:none;stroke:#667085", "stroke:#98a2b3"},
    {".tip", "fill:#667085", "fill:#98a2b3"},
    {".hatch", "fill:url(#imgbuf-hatch);stroke:#d0d5dd", "stroke:#3a4352"},
    {".hatch-ground", "fill:#f2f4f7", "fill:#1d242e"},
    {".hatch-line", "stroke:#c6ccd6;stroke-width:1", "stroke:#465062"},
};

}  // namespace

void add_picture_style(Svg& svg) {
  svg.style(rules);
  svg.define(
      "<pattern id=\"imgbuf-hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
      "patternTransform=\"rotate(45)\"><rect class=\"hatch-ground\" width=\"5\" height=\"5\"/>"
      "<line class=\"hatch-line\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\"/></pattern>");
}

std::string tone_class(int tone) {
  return tone < 0 ? "tx" : std::string("t").append(std::to_string(tone));
}

std::string tone_line_class(int tone) {
  return tone < 0 ? "lx" : std::string("l").append(std::to_string(tone));
}

void draw_tip(Svg& svg, double x, double y, Direction direction, std::string_view class_name) {
  constexpr double length = 6;
  constexpr double half = 3;
  PathData tip;
  tip.move_to(x, y);
  switch (direction) {
    case Direction::left:
      tip.line_to(x + length, y - half).line_to(x + length, y + half);
      break;
    case Direction::right:
      tip.line_to(x - length, y - half).line_to(x - length, y + half);
      break;
    case Direction::up:
      tip.line_to(x - half, y + length).line_to(x + half, y + length);
      break;
    case Direction::down:
      tip.line_to(x - half, y - length).line_to(x + half, y - length);
      break;
  }
  svg.path(tip.close(), class_name);
}

void draw_dimension(Svg& svg, double x1, double y1, double x2, double y2) {
  svg.line(x1, y1, x2, y2, "dimension");
  constexpr double half = 3;
  if (y1 == y2) {
    svg.line(x1, y1 - half, x1, y1 + half, "dimension");
    draw_tip(svg, x2, y2, x2 > x1 ? Direction::right : Direction::left, "tip");
  } else {
    svg.line(x1 - half, y1, x1 + half, y1, "dimension");
    draw_tip(svg, x2, y2, y2 > y1 ? Direction::down : Direction::up, "tip");
  }
}

std::string signed_text(std::ptrdiff_t value) {
  if (value == 0) return "0";
  return value < 0 ? std::string("\u2212").append(std::to_string(value), 1)
                   : std::string("+").append(std::to_string(value));
}

std::string fitted(std::string_view text, double width, double font_size, bool is_monospaced) {
  if (text_width(text, font_size, is_monospaced) <= width) return std::string(text);
  const std::string dots = "\u2026";
  const double left = width - text_width(dots, font_size, is_monospaced);
  while (!text.empty() && text_width(text, font_size, is_monospaced) > left) {
    // A character of UTF-8 whole.
    while (text.size() > 1 && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.remove_suffix(1);
    text.remove_suffix(1);
  }
  return std::string(text) + dots;
}

std::vector<std::string> wrapped(std::string_view text, double width, double font_size) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    const std::string longer = line.empty() ? std::string(word) : line + " " + std::string(word);
    if (!line.empty() && text_width(longer, font_size) > width) {
      lines.push_back(line);
      line = word;
    } else {
      line = longer;
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace imgbuf::drawing
