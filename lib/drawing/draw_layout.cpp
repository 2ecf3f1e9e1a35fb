#include <algorithm>
#include <string>
#include <vector>

#include "base/out_of_memory.hpp"
#include "drawing/layout_parts.hpp"
#include "drawing/layout_words.hpp"
#include "drawing/picture_style.hpp"
#include "imgbuf/explain_layout.hpp"

namespace imgbuf {

namespace drawing {

namespace {

constexpr double picture_width = 960;
constexpr double margin = 28;
constexpr double title_size = 16;
constexpr double index_space_width = 214;
constexpr double column_gap = 34;
/// Of a line, below which its elements are too narrow to be seen.
constexpr double least_byte_width = 6;

std::string title_of(const LayoutReport& report) {
  return shape_text(report.layout) + " " + std::string(to_string(report.format.type()));
}

std::string summary_of(const LayoutReport& report) {
  const StrideText strides = stride_text(report);
  std::string text = "shape " + shape_text(report.layout) + "   strides " + strides.strides;
  if (report.buffer.shape && !report.buffer.shape->suboffsets.empty()) text += "   suboffsets " + strides.suboffsets;
  return text + "   format '" + report.format.pep3118() + "'";
}

double draw_header(Svg& svg, const LayoutReport& report, std::string_view title) {
  svg.text(margin, 38, fitted(title, picture_width - 2 * margin, title_size), "title");
  double y = 60;
  for (const std::string& line : wrapped(summary_of(report), (picture_width - 2 * margin) * .95, ink_size)) {
    svg.text(margin, y, line, "note code");
    y += 16;
  }
  if (!report.buffer.shape)
    for (const std::string& line :
         wrapped("No suboffsets of PEP 3118: " + report.buffer.reason + ".", picture_width - 2 * margin, note_size)) {
      svg.text(margin, y, line, "note");
      y += 16;
    }
  svg.line(margin, y, picture_width - margin, y, "grid");
  return y + 18;
}

double draw_legend(Svg& svg, double x, double y) {
  for (int tone = 0; tone < tone_count; ++tone) svg.rect({x + 7.0 * tone, y, 7, 12}, tone_class(tone));
  x += 7 * tone_count + 7;
  const std::string reached = "reached, first row to last";
  svg.text(x, y + 10, reached, "note");
  x += text_width(reached, note_size) + 18;
  svg.rect({x + .5, y + .5, 27, 11}, "hatch");
  svg.text(x + 35, y + 10, "not reached", "note");
  x += 35 + text_width("not reached", note_size) + 18;
  svg.text(x, y + 10, "\u22EF  left out of the picture", "note");
  return y + 12;
}

std::string picture_of(const Array& array, std::string_view title) {
  const LayoutReport report = explain_layout(array);
  Svg svg;
  add_picture_style(svg);
  constexpr double memory_x = margin + index_space_width + column_gap;
  constexpr double memory_width = picture_width - margin - memory_x;
  const auto most_bytes = static_cast<std::ptrdiff_t>(line_width(report.layout, memory_width) / least_byte_width);
  const LayoutSample sample = sample_layout(array, report, most_bytes);
  const std::string own_title = title_of(report);
  if (title.empty()) title = own_title;

  double y = draw_header(svg, report, title);
  svg.begin_group(margin, y);
  const double index_height = draw_index_space(svg, report, sample, index_space_width);
  svg.end_group();
  svg.begin_group(memory_x, y);
  const double memory_height = draw_memory(svg, report, sample, memory_width);
  svg.end_group();
  y = draw_legend(svg, memory_x + 36, y + std::max(index_height, memory_height) + 14) + 20;
  svg.line(margin, y, picture_width - margin, y, "grid");
  svg.begin_group(margin, y + 22);
  y += 22 + draw_answers(svg, report, picture_width - 2 * margin);
  svg.end_group();
  return svg.document(picture_width, y + 18, title, to_text(report));
}

/// Consumers that get the same, with what the first of them gets.
struct AnswerGroup {
  std::string consumers;
  ConsumerAnswer answer;
};

std::vector<AnswerGroup> grouped_answers(const LayoutReport& report) {
  std::vector<AnswerGroup> groups;
  for (const ConsumerAnswer& answer : report.answers) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const AnswerGroup& group) {
      return answer_text(group.answer) == answer_text(answer) && reason_text(group.answer) == reason_text(answer);
    });
    if (same == groups.end())
      groups.push_back({std::string(answer.consumer), answer});
    else
      same->consumers.append(", ").append(answer.consumer);
  }
  return groups;
}

}  // namespace

double draw_answers(Svg& svg, const LayoutReport& report, double width) {
  constexpr double answer_x = 18;
  constexpr double name_x = index_space_width + column_gap + 36;
  constexpr double line_height = 16;
  svg.text(0, 0, "Handed to", "heading");
  double y = 24;
  for (const AnswerGroup& group : grouped_answers(report)) {
    const ConsumerAnswer& answer = group.answer;
    const std::string kind = answer.handoff ? std::string(to_string(answer.handoff->kind)) : "gray";
    svg.rect({0, y - 10, 10, 10}, kind, 2);
    svg.text(answer_x, y, answer_text(answer), "ink");
    for (const std::string& line : wrapped(group.consumers, width - name_x, ink_size)) {
      svg.text(name_x, y, line, "ink");
      y += line_height;
    }
    for (const std::string& line : wrapped(reason_text(answer), width - name_x, note_size)) {
      svg.text(name_x, y, line, "note");
      y += line_height;
    }
    y += 8;
  }
  return y - 8 - line_height;
}

}  // namespace drawing

std::string draw_layout(const Array& array, std::string_view title) {
  return base::or_out_of_memory([&] { return drawing::picture_of(array, title); });
}

}  // namespace imgbuf
