#include "drawing/segment_rows.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace imgbuf::drawing {

namespace {

/// Bytes that are not reached stay whole lines up to this many of them.
constexpr std::size_t most_empty_lines = 2;

using Lines = std::vector<std::size_t>;  // by their offset

std::size_t offset_of(const LayoutSample& sample, std::size_t line) {
  return sample.lines[line].offset_bytes;
}

/// The distance of lines that follow one another in the walk and in memory; 0 when there are none.
std::size_t least_distance(const LayoutSample& sample, const Lines& lines) {
  std::size_t least = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (std::abs(sample.lines[lines[i]].ordinal - sample.lines[lines[i - 1]].ordinal) != 1) continue;
    const std::size_t distance = offset_of(sample, lines[i]) - offset_of(sample, lines[i - 1]);
    least = least == 0 ? distance : std::min(least, distance);
  }
  return least;
}

class Cutter {
 public:
  Cutter(const LayoutReport& report, const LayoutSample& sample, std::size_t segment, const Lines& lines,
         std::size_t pitch)
      : sample_(sample),
        lines_(lines),
        size_(report.segments[segment].bytes),
        line_bytes_(static_cast<std::size_t>(sample.line_bytes)) {
    result_.segment = segment;
    const std::size_t first = offset_of(sample, lines.front());
    const bool is_even = pitch >= line_bytes_ && std::all_of(lines.begin(), lines.end(), [&](std::size_t line) {
                           return (offset_of(sample, line) - first) % pitch == 0;
                         });
    if (is_even) {
      pitch_ = pitch;
      before_ = first % pitch + line_bytes_ > pitch ? 0 : first % pitch;
    } else if (lines.size() == 1 && pitch == 0) {
      before_ = first;
      pitch_ = size_;
    }
    if (is_even && lines.size() > 1) result_.pitch_bytes = static_cast<std::ptrdiff_t>(pitch);
    const std::size_t shown = lines.size() * sample.line_element_bytes;
    hidden_bytes_ = report.segments[segment].element_bytes - std::min(report.segments[segment].element_bytes, shown);
  }

  DrawnSegment cut() {
    const SampledLine* previous = nullptr;
    for (const std::size_t line : lines_) {
      const std::size_t low = offset_of(sample_, line);
      const std::size_t begin = low - std::min(before_, low);
      if (begin > at_) {
        const std::ptrdiff_t apart = previous ? std::abs(sample_.lines[line].ordinal - previous->ordinal) : 0;
        add_gap(begin, apart > 1 ? apart - 1 : 0,
                previous ? apart != 1 : hidden_bytes_ > 0 && !is_outermost(sample_.lines[line]));
      }
      const std::size_t end = pitch_ == 0 ? low + line_bytes_ : std::min(size_, begin + pitch_);
      result_.rows.push_back(
          {SegmentRow::Kind::line, begin, std::max(end, std::min(size_, low + line_bytes_)), line, 0});
      at_ = std::max(at_, result_.rows.back().end);
      previous = &sample_.lines[line];
    }
    if (at_ < size_) add_gap(size_, 0, hidden_bytes_ > 0 && !is_outermost(*previous));
    return std::move(result_);
  }

 private:
  /// Whether no line of the array lies outside this one.
  [[nodiscard]] bool is_outermost(const SampledLine& line) const noexcept {
    return line.ordinal == 0 || line.ordinal == sample_.line_count - 1;
  }

  void add_gap(std::size_t end, std::ptrdiff_t line_count, bool is_left_out) {
    const std::size_t begin = at_;
    at_ = end;
    if (is_left_out) {
      if (line_count == 0 && pitch_ != 0 && (end - begin) % pitch_ == 0)
        line_count = static_cast<std::ptrdiff_t>((end - begin) / pitch_);
      hidden_bytes_ -= std::min(hidden_bytes_, static_cast<std::size_t>(line_count) * sample_.line_element_bytes);
      result_.rows.push_back({SegmentRow::Kind::left_out, begin, end, 0, line_count});
      return;
    }
    const bool is_whole_lines =
        pitch_ != 0 && (end - begin) % pitch_ == 0 && (end - begin) / pitch_ <= most_empty_lines;
    const std::size_t step = is_whole_lines ? pitch_ : end - begin;
    for (std::size_t from = begin; from < end; from += step)
      result_.rows.push_back({SegmentRow::Kind::not_reached, from, from + step, 0, 0});
  }

  const LayoutSample& sample_;
  const Lines& lines_;
  std::size_t size_;
  std::size_t line_bytes_;
  std::size_t pitch_ = 0;         ///< bytes of a row; 0: those of its line
  std::size_t before_ = 0;        ///< bytes of a row before its line
  std::size_t hidden_bytes_ = 0;  ///< of elements on lines that are not drawn
  std::size_t at_ = 0;            ///< where the next row begins
  DrawnSegment result_;
};

}  // namespace

std::vector<DrawnSegment> segment_rows(const LayoutReport& report, const LayoutSample& sample) {
  std::map<std::size_t, Lines> by_segment;
  for (std::size_t line = 0; line < sample.lines.size(); ++line) by_segment[sample.lines[line].segment].push_back(line);
  std::size_t any_pitch = 0;
  for (auto& [segment, lines] : by_segment) {
    std::sort(lines.begin(), lines.end(),
              [&](std::size_t a, std::size_t b) { return offset_of(sample, a) < offset_of(sample, b); });
    if (const std::size_t pitch = least_distance(sample, lines); pitch != 0)
      any_pitch = any_pitch == 0 ? pitch : std::min(any_pitch, pitch);
  }
  std::vector<DrawnSegment> drawn;
  for (const auto& [segment, lines] : by_segment) {
    std::size_t pitch = least_distance(sample, lines);
    if (pitch == 0 && report.segments[segment].bytes >= any_pitch) pitch = any_pitch;
    drawn.push_back(Cutter(report, sample, segment, lines, pitch).cut());
  }
  return drawn;
}

}  // namespace imgbuf::drawing
