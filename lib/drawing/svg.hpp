#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgbuf::drawing {

/// A rectangle in user units, which are CSS pixels at the picture's own size. y grows downwards.
struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  [[nodiscard]] constexpr double right() const noexcept { return x + width; }
  [[nodiscard]] constexpr double bottom() const noexcept { return y + height; }
};

/// Which point of a text stands at its position; on the baseline in any case.
enum class Anchor { start, middle, end };

/// The `d` attribute of a path: straight lines and cubic curves between absolute points.
class PathData {
 public:
  PathData& move_to(double x, double y);
  PathData& line_to(double x, double y);
  PathData& curve_to(double control1_x, double control1_y, double control2_x, double control2_y, double x, double y);
  PathData& close();

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  PathData& command(char letter, std::initializer_list<double> values);

  std::string text_;
};

/// One rule of a style sheet: declarations for a selector, and those that replace them where the reader prefers dark.
struct StyleRule {
  std::string_view selector;
  std::string_view light;
  std::string_view dark = {};  ///< only what differs
};

/// A small SVG document, written front to back. Colours and type come from classes, so that one style sheet serves
/// light and dark; positions are attributes.
///
/// Every document brings the classes that the project's pictures share:
///
/// | class                          | for |
/// |--------------------------------|-----|
/// | `paper`                        | the background, which `document` draws |
/// | `title`, `heading`             | text: the picture's name, a part's name |
/// | `ink`, `note`, `value`, `code` | text: a label, a remark, a small number, monospaced |
/// | `axis`, `grid`                 | lines: axes and edges, faint helpers |
/// | `panel`, `slot`                | areas: a part's ground, an empty cell with an edge |
/// | `shared`, `rewired`, `copied`  | areas: green, blue, amber, the answers of a handoff |
/// | `red`, `green`, `blue`, `gray`, `alpha` | areas: channels |
///
/// Rules hold inside the picture only, also where it is part of an HTML page.
class Svg {
 public:
  /// Adds rules behind those of the shared style sheet. They must outlive the document.
  void style(std::span<const StyleRule> rules);
  /// Adds markup to `<defs>`, as it stands. Its ids begin with "imgbuf-", because a page may hold several pictures.
  void define(std::string_view markup);

  /// Begins a group at an offset; elements until `end_group` belong to it.
  void begin_group(double x, double y, std::string_view class_name = {});
  void end_group();

  /// @param tooltip  shown by viewers that have a pointer, and read by those that have a voice; may be empty
  void rect(const Box& box, std::string_view class_name, double radius = 0, std::string_view tooltip = {});
  void line(double x1, double y1, double x2, double y2, std::string_view class_name);
  void path(const PathData& data, std::string_view class_name, std::string_view tooltip = {});
  /// @param text     one line of UTF-8; spaces at its ends and runs of them are kept
  /// @param degrees  turns the text about its position, clockwise; -90 reads upwards
  void text(double x, double y, std::string_view text, std::string_view class_name, Anchor anchor = Anchor::start,
            double degrees = 0);

  /// The whole file: a stand-alone SVG 1.1 document, which may also stand in an HTML page.
  /// @param title, description  for people who cannot see the picture; the description may be empty
  /// @pre every group was ended
  [[nodiscard]] std::string document(double width, double height, std::string_view title,
                                     std::string_view description) const;

 private:
  std::vector<StyleRule> rules_;
  std::string definitions_;
  std::string body_;
  int open_groups_ = 0;
};

/// A number as SVG reads it, to hundredths, in its shortest form: "12", ".5", "-3.25". Zero for what is not finite.
[[nodiscard]] std::string svg_number(double value);

/// UTF-8 for an attribute or a text: `& < > "` as entities, and U+FFFD for what XML cannot hold, which is control
/// characters and bytes that are no UTF-8.
[[nodiscard]] std::string svg_escaped(std::string_view text);

/// Type sizes of the shared style sheet, in user units.
inline constexpr double ink_size = 12;
inline constexpr double note_size = 11;

/// About how wide a text is, rather too wide than too narrow: fonts differ from reader to reader.
[[nodiscard]] double text_width(std::string_view text, double font_size, bool is_monospaced = false);

}  // namespace imgbuf::drawing
