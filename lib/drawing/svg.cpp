#include "drawing/svg.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace imgbuf::drawing {

namespace {

// A picture is a card of its own colour: a page's theme and its reader's preference may disagree.
constexpr StyleRule shared_rules[] = {
    {"text", "font-family:Inter,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"},
    {".paper", "fill:#fff;stroke:#e4e7ec", "fill:#11151c;stroke:#2a313c"},
    {".title", "font-size:16px;font-weight:600;fill:#101828", "fill:#f2f4f7"},
    {".heading", "font-size:12px;font-weight:600;fill:#344054", "fill:#d5dae3"},
    {".ink", "font-size:12px;fill:#344054", "fill:#d5dae3"},
    {".note", "font-size:11px;fill:#667085", "fill:#98a2b3"},
    {".value", "font-size:10px;fill:#667085", "fill:#98a2b3"},
    {".code", "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"},
    {".axis", "fill:none;stroke:#98a2b3", "stroke:#667085"},
    {".grid", "fill:none;stroke:#e4e7ec", "stroke:#2a313c"},
    {".panel", "fill:#f6f7f9", "fill:#181e27"},
    {".slot", "fill:#fff;stroke:#98a2b3", "fill:#11151c;stroke:#667085"},
    {".shared", "fill:#12a150", "fill:#3ccb7f"},
    {".rewired", "fill:#2e75e8", "fill:#6ea6ff"},
    {".copied", "fill:#e08a00", "fill:#f5b544"},
    {".red", "fill:#d9484a", "fill:#f0716f"},
    {".green", "fill:#1f9d61", "fill:#4cc38a"},
    {".blue", "fill:#3a76e0", "fill:#70a3ff"},
    {".gray", "fill:#667085", "fill:#98a2b3"},
    {".alpha", "fill:#9a7bd0", "fill:#b79ced"},
};

/// Bytes of the UTF-8 sequence at the beginning of a text; 0 when it is none, or a character that XML cannot hold.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  const std::size_t bytes = first >= 0xC2 && first < 0xE0   ? 2
                            : first >= 0xE0 && first < 0xF0 ? 3
                            : first >= 0xF0 && first < 0xF5 ? 4
                                                            : 0;
  if (bytes == 0 || text.size() < bytes) return 0;
  std::uint32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool is_overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  return is_overlong || is_surrogate || code > 0x10FFFF || code == 0xFFFE || code == 0xFFFF ? 0 : bytes;
}

void append_attribute(std::string& to, std::string_view name, double value) {
  to.append(" ").append(name).append("=\"").append(svg_number(value)).append("\"");
}

void append_class(std::string& to, std::string_view class_name) {
  if (!class_name.empty()) to.append(" class=\"").append(svg_escaped(class_name)).append("\"");
}

/// Ends an element that has at most a tooltip inside.
void append_end(std::string& to, std::string_view element, std::string_view tooltip) {
  if (tooltip.empty())
    to.append("/>\n");
  else
    to.append("><title>").append(svg_escaped(tooltip)).append("</title></").append(element).append(">\n");
}

void append_rules(std::string& to, std::span<const StyleRule> rules, std::string_view StyleRule::*theme) {
  for (const StyleRule& rule : rules)
    if (const std::string_view declarations = rule.*theme; !declarations.empty())
      to.append(".imgbuf ").append(rule.selector).append("{").append(declarations).append("}\n");
}

}  // namespace

std::string svg_number(double value) {
  if (!std::isfinite(value)) return "0";
  std::array<char, 400> digits{};  // enough for the largest double
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 2).ptr;
  std::string text(digits.data(), end);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  if (const std::size_t zero = text.starts_with('-') ? 1 : 0; text.compare(zero, 2, "0.") == 0) text.erase(zero, 1);
  return text.empty() || text == "-" || text == "-0" ? "0" : text;
}

std::string svg_escaped(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0)
      escaped += "\xEF\xBF\xBD";
    else if (text[0] == '&')
      escaped += "&amp;";
    else if (text[0] == '<')
      escaped += "&lt;";
    else if (text[0] == '>')
      escaped += "&gt;";
    else if (text[0] == '"')
      escaped += "&quot;";
    else
      escaped += text.substr(0, bytes);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return escaped;
}

double text_width(std::string_view text, double font_size, bool is_monospaced) {
  double characters = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U) continue;
    const bool is_narrow = std::string_view(" .,:;'|!()[]il1jtfr").find(c) != std::string_view::npos;
    characters += is_monospaced ? .61 : is_narrow ? .4 : .63;
  }
  return characters * font_size;
}

PathData& PathData::command(char letter, std::initializer_list<double> values) {
  text_ += letter;
  bool is_first = true;
  for (const double value : values) {
    const std::string number = svg_number(value);
    if (!is_first && number[0] != '-') text_ += ' ';
    text_ += number;
    is_first = false;
  }
  return *this;
}

PathData& PathData::move_to(double x, double y) {
  return command('M', {x, y});
}
PathData& PathData::line_to(double x, double y) {
  return command('L', {x, y});
}
PathData& PathData::curve_to(double control1_x, double control1_y, double control2_x, double control2_y, double x,
                             double y) {
  return command('C', {control1_x, control1_y, control2_x, control2_y, x, y});
}
PathData& PathData::close() {
  return command('Z', {});
}

void Svg::style(std::span<const StyleRule> rules) {
  rules_.insert(rules_.end(), rules.begin(), rules.end());
}

void Svg::define(std::string_view markup) {
  definitions_.append(markup).append("\n");
}

void Svg::begin_group(double x, double y, std::string_view class_name) {
  body_ += "<g";
  append_class(body_, class_name);
  if (x != 0 || y != 0)
    body_.append(" transform=\"translate(").append(svg_number(x)).append(" ").append(svg_number(y)).append(")\"");
  body_ += ">\n";
  ++open_groups_;
}

void Svg::end_group() {
  assert(open_groups_ > 0);
  body_ += "</g>\n";
  --open_groups_;
}

void Svg::rect(const Box& box, std::string_view class_name, double radius, std::string_view tooltip) {
  body_ += "<rect";
  append_class(body_, class_name);
  append_attribute(body_, "x", box.x);
  append_attribute(body_, "y", box.y);
  append_attribute(body_, "width", box.width);
  append_attribute(body_, "height", box.height);
  if (radius != 0) append_attribute(body_, "rx", radius);
  append_end(body_, "rect", tooltip);
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view class_name) {
  body_ += "<line";
  append_class(body_, class_name);
  append_attribute(body_, "x1", x1);
  append_attribute(body_, "y1", y1);
  append_attribute(body_, "x2", x2);
  append_attribute(body_, "y2", y2);
  append_end(body_, "line", {});
}

void Svg::path(const PathData& data, std::string_view class_name, std::string_view tooltip) {
  body_ += "<path";
  append_class(body_, class_name);
  body_.append(" d=\"").append(data.text()).append("\"");
  append_end(body_, "path", tooltip);
}

void Svg::text(double x, double y, std::string_view text, std::string_view class_name, Anchor anchor, double degrees) {
  body_ += "<text";
  append_class(body_, class_name);
  append_attribute(body_, "x", x);
  append_attribute(body_, "y", y);
  if (anchor != Anchor::start)
    body_.append(anchor == Anchor::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"");
  if (degrees != 0)
    body_.append(" transform=\"rotate(" + svg_number(degrees) + " " + svg_number(x) + " " + svg_number(y) + ")\"");
  if (text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string_view::npos)
    body_ += " xml:space=\"preserve\"";
  body_.append(">").append(svg_escaped(text)).append("</text>\n");
}

std::string Svg::document(double width, double height, std::string_view title, std::string_view description) const {
  assert(open_groups_ == 0);
  const std::string w = svg_number(width);
  const std::string h = svg_number(height);
  std::string file = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"imgbuf\" width=\"" + w + "\" height=\"" + h +
                     "\" viewBox=\"0 0 " + w + " " + h + "\" role=\"img\">\n";
  file.append("<title>").append(svg_escaped(title)).append("</title>\n");
  if (!description.empty()) file.append("<desc>").append(svg_escaped(description)).append("</desc>\n");
  file += "<style>\n";
  append_rules(file, shared_rules, &StyleRule::light);
  append_rules(file, rules_, &StyleRule::light);
  file += "@media (prefers-color-scheme:dark){\n";
  append_rules(file, shared_rules, &StyleRule::dark);
  append_rules(file, rules_, &StyleRule::dark);
  file += "}\n</style>\n";
  if (!definitions_.empty()) file.append("<defs>\n").append(definitions_).append("</defs>\n");
  file.append("<rect class=\"paper\" x=\".5\" y=\".5\" width=\"").append(svg_number(width - 1));
  file.append("\" height=\"").append(svg_number(height - 1)).append("\" rx=\"8\"/>\n");
  return file.append(body_).append("</svg>\n");
}

}  // namespace imgbuf::drawing
