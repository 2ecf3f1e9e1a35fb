#include "drawing/svg.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

using namespace imgbuf::drawing;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("svg numbers are short and never words", "[drawing]") {
  CHECK(svg_number(0) == "0");
  CHECK(svg_number(12) == "12");
  CHECK(svg_number(100) == "100");
  CHECK(svg_number(.5) == ".5");
  CHECK(svg_number(-.5) == "-.5");
  CHECK(svg_number(-3.25) == "-3.25");
  CHECK(svg_number(10.10) == "10.1");
  CHECK(svg_number(1.0 / 3) == ".33");
  CHECK(svg_number(-.001) == "0");
  CHECK(svg_number(1e15) == "1000000000000000");
  CHECK(svg_number(std::numeric_limits<double>::max()).size() == 309);
  CHECK(svg_number(std::numeric_limits<double>::quiet_NaN()) == "0");
  CHECK(svg_number(-std::numeric_limits<double>::infinity()) == "0");
}

TEST_CASE("svg text holds nothing that XML cannot", "[drawing]") {
  CHECK(svg_escaped("a<b & \"c\">") == "a&lt;b &amp; &quot;c&quot;&gt;");
  CHECK(svg_escaped("Größe 4×6 …\t😀") == "Größe 4×6 …\t😀");
  CHECK(svg_escaped(std::string("\0\x1B", 2)) == "\uFFFD\uFFFD");
  CHECK(svg_escaped("\xFFx\xC3") == "\uFFFDx\uFFFD");                    // no beginning; no end
  CHECK(svg_escaped("\xC0\xAF") == "\uFFFD\uFFFD");                      // overlong
  CHECK(svg_escaped("\xE0\x80\xAF") == "\uFFFD\uFFFD\uFFFD");            // overlong
  CHECK(svg_escaped("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");            // a surrogate
  CHECK(svg_escaped("\xEF\xBF\xBF") == "\uFFFD\uFFFD\uFFFD");            // U+FFFF
  CHECK(svg_escaped("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond U+10FFFF
}

TEST_CASE("svg elements stand in the document in their order", "[drawing]") {
  Svg svg;
  svg.begin_group(10, -2.5, "bars");
  svg.rect({.x = 1, .y = 2, .width = 3, .height = 4}, "red", 1.5, "7 < 8");
  svg.end_group();
  svg.line(0, 1, 2, 3, "axis");
  svg.path(PathData().move_to(0, 0).line_to(-1, .5).curve_to(1, 2, 3, 4, 5, 6).close(), "grid");
  svg.text(5, 6, "0..255", "value", Anchor::end);
  svg.text(5, 6, "count", "note", Anchor::middle, -90);
  svg.text(0, 0, "a  b", "code");
  CHECK(contains(
      svg.document(100, 50.5, "t & t", ""),
      "<rect class=\"paper\" x=\".5\" y=\".5\" width=\"99\" height=\"49.5\" rx=\"8\"/>\n"
      "<g class=\"bars\" transform=\"translate(10 -2.5)\">\n"
      "<rect class=\"red\" x=\"1\" y=\"2\" width=\"3\" height=\"4\" rx=\"1.5\"><title>7 &lt; 8</title></rect>\n"
      "</g>\n"
      "<line class=\"axis\" x1=\"0\" y1=\"1\" x2=\"2\" y2=\"3\"/>\n"
      "<path class=\"grid\" d=\"M0 0L-1 .5C1 2 3 4 5 6Z\"/>\n"
      "<text class=\"value\" x=\"5\" y=\"6\" text-anchor=\"end\">0..255</text>\n"
      "<text class=\"note\" x=\"5\" y=\"6\" text-anchor=\"middle\" transform=\"rotate(-90 5 6)\">count</text>\n"
      "<text class=\"code\" x=\"0\" y=\"0\" xml:space=\"preserve\">a  b</text>\n"
      "</svg>\n"));
  CHECK(contains(svg.document(100, 50.5, "t & t", ""),
                 "viewBox=\"0 0 100 50.5\" role=\"img\">\n<title>t &amp; t</title>\n"));
  CHECK_FALSE(contains(svg.document(1, 1, "t", ""), "<desc>"));
  CHECK(contains(svg.document(1, 1, "t", "d"), "<desc>d</desc>"));
  CHECK_FALSE(contains(svg.document(1, 1, "t", "d"), "<defs>"));
}

TEST_CASE("svg rules hold inside the picture, and the dark ones where the reader prefers dark", "[drawing]") {
  constexpr StyleRule rules[] = {{".tip", "fill:#111", "fill:#eee"}, {".flat", "stroke:none"}};
  Svg svg;
  svg.style(rules);
  svg.define("<g id=\"imgbuf-x\"/>");
  const std::string file = svg.document(1, 1, "t", "");
  const std::size_t dark = file.find("@media (prefers-color-scheme:dark){");
  REQUIRE(dark != std::string::npos);
  CHECK(file.find(".imgbuf .tip{fill:#111}") < dark);
  CHECK(file.find(".imgbuf .tip{fill:#eee}", dark) != std::string::npos);
  CHECK(file.find(".imgbuf .flat{stroke:none}") < dark);
  CHECK(file.find(".flat", dark) == std::string::npos);
  CHECK(contains(file, "<defs>\n<g id=\"imgbuf-x\"/>\n</defs>"));
}

TEST_CASE("svg text is as wide as its characters, not its bytes", "[drawing]") {
  CHECK(text_width("", 10) == 0);
  CHECK(text_width("ä", 10, true) == text_width("a", 10, true));
  CHECK(text_width("mmmm", 10) > text_width("llll", 10));
  CHECK(text_width("llll", 10, true) == text_width("mmmm", 10, true));
}
