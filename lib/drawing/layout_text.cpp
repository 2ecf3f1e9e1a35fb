#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/out_of_memory.hpp"
#include "drawing/layout_words.hpp"

namespace imgbuf {

namespace drawing {

std::string tuple_text(std::span<const std::ptrdiff_t> values) {
  std::string text = "(";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(values[i]);
  return text + (values.size() == 1 ? ",)" : ")");
}

std::string grouped(std::size_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string counted(std::size_t count, std::string_view thing) {
  return grouped(count).append(" ").append(thing).append(count == 1 ? "" : "s");
}

std::string bytes_text(std::size_t bytes) {
  return counted(bytes, "byte");
}

std::string shape_text(const Layout& layout) {
  std::vector<std::ptrdiff_t> shape;
  for (const Axis& axis : layout.axes()) shape.push_back(axis.extent);
  return tuple_text(shape);
}

StrideText stride_text(const LayoutReport& report) {
  if (const std::optional<BufferShape>& shape = report.buffer.shape)
    return {tuple_text(shape->strides), shape->suboffsets.empty() ? "none" : tuple_text(shape->suboffsets)};
  std::vector<std::ptrdiff_t> strides;
  for (const Axis& axis : report.layout.axes()) strides.push_back(axis.byte_stride);
  return {tuple_text(strides), report.buffer.reason};
}

std::string answer_text(const ConsumerAnswer& answer) {
  if (!answer.handoff) return "not possible";
  const Handoff& handoff = *answer.handoff;
  std::string text(to_string(handoff.kind));
  if (handoff.kind == HandoffKind::copied) text += ", " + bytes_text(static_cast<std::size_t>(handoff.copied_bytes));
  if (handoff.kind == HandoffKind::rewired) text += ", " + bytes_text(handoff.mapped_bytes) + " mapped";
  if (handoff.table_bytes != 0)
    text += ", " + bytes_text(static_cast<std::size_t>(handoff.table_bytes)) + " of new pointers";
  return text;
}

std::string reason_text(const ConsumerAnswer& answer) {
  return answer.handoff ? answer.handoff->reason : answer.reason;
}

}  // namespace drawing

namespace {

using namespace drawing;

/// A name and a value a line, the values below each other.
class Lines {
 public:
  void add(std::string_view name, const std::string& value, std::size_t value_column = 14) {
    text_.append(name);
    if (!value.empty()) text_.append(std::max(value_column, name.size() + 1) - name.size(), ' ').append(value);
    text_ += "\n";
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

std::string element_text(const LayoutReport& report) {
  std::string text(to_string(report.format.type()));
  if (!report.format.is_native())
    text += report.format.byte_order() == ByteOrder::big ? " big-endian" : " little-endian";
  return text + " ('" + report.format.pep3118() + "', " +
         bytes_text(static_cast<std::size_t>(report.format.itemsize())) + " each)";
}

std::string contiguity_text(const LayoutReport& report) {
  if (report.is_c_contiguous) return report.is_f_contiguous ? "C and Fortran" : "C";
  return report.is_f_contiguous ? "Fortran" : "no";
}

std::string pointers_text(const PointerLevel& level) {
  return counted(level.pointers, "pointer") + " in " + counted(level.tables, "table");
}

std::string walk_text(const LayoutReport& report) {
  std::string text;
  for (const int axis : report.walk_order) text += (text.empty() ? "axis " : ", then ") + std::to_string(axis);
  return text.empty() ? "one step" : text;
}

bool look_alike(const ReachedSegment& a, const ReachedSegment& b) noexcept {
  return a.bytes == b.bytes && a.access == b.access && a.pointer_bytes == b.pointer_bytes &&
         a.element_bytes == b.element_bytes;
}

std::string segment_text(const ReachedSegment& segment) {
  std::string text = bytes_text(segment.bytes);
  if (segment.access == Access::read_only) text += ", read-only";
  if (segment.pointer_bytes != 0) text += ", " + grouped(segment.pointer_bytes) + " of pointers";
  if (segment.element_bytes != 0) text += ", " + grouped(segment.element_bytes) + " of elements";
  return segment.pointer_bytes == 0 && segment.element_bytes == 0 ? text + ", not reached" : text;
}

/// Segments [begin, end) that look alike.
struct AlikeSegments {
  std::size_t begin;
  std::size_t end;
};

std::vector<AlikeSegments> alike_segments(const std::vector<ReachedSegment>& segments) {
  std::vector<AlikeSegments> runs;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!runs.empty() && look_alike(segments[runs.back().begin], segments[i]))
      runs.back().end = i + 1;
    else
      runs.push_back({i, i + 1});
  }
  return runs;
}

void add_segments(Lines& lines, const std::vector<ReachedSegment>& segments) {
  constexpr std::size_t most_runs = 12, first_runs = 8, last_runs = 2;
  lines.add("segments", grouped(segments.size()));
  const std::vector<AlikeSegments> runs = alike_segments(segments);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs.size() > most_runs && i == first_runs) {
      const std::size_t next = runs.size() - last_runs;
      lines.add("  ...", grouped(runs[next].begin - runs[i].begin) + " more");
      i = next;
    }
    const auto [begin, end] = runs[i];
    const bool is_one = end - begin == 1;
    lines.add("  " + std::to_string(begin) + (is_one ? "" : ".." + std::to_string(end - 1)),
              (is_one ? "" : "each ") + segment_text(segments[begin]));
  }
}

std::string text_of(const LayoutReport& report) {
  Lines lines;
  const StrideText strides = stride_text(report);
  lines.add("shape", shape_text(report.layout));
  lines.add("strides", strides.strides);
  lines.add("suboffsets", (report.buffer.shape ? "" : "none: ") + strides.suboffsets);
  lines.add("elements", element_text(report));
  lines.add("nbytes", report.nbytes ? grouped(static_cast<std::size_t>(*report.nbytes)) : "more than can be counted");
  lines.add("access", report.is_read_only ? "read-only" : "read-write");
  lines.add("contiguous", contiguity_text(report));
  lines.add("indirections", std::to_string(report.layout.indirections()));
  for (std::size_t level = 0; level < report.pointers.size(); ++level)
    lines.add("  level " + std::to_string(level),
              pointers_text(report.pointers[level]) + ", then " +
                  std::to_string(report.layout.pointer_offset(static_cast<int>(level))) + " bytes on");
  if (report.layout.indirections() > 0) lines.add("layout", report.layout.describe());
  lines.add("walk", walk_text(report));
  add_segments(lines, report.segments);
  lines.add("handed to", "");
  for (const ConsumerAnswer& answer : report.answers) {
    const std::string reason = reason_text(answer);
    constexpr std::size_t answer_column = 22;
    lines.add("  " + std::string(answer.consumer), answer_text(answer) + (reason.empty() ? "" : ": " + reason),
              answer_column);
  }
  return std::move(lines).take();
}

}  // namespace

std::string to_text(const LayoutReport& report) {
  return base::or_out_of_memory([&] { return text_of(report); });
}

}  // namespace imgbuf
