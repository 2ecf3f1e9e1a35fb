#pragma once

#include <vector>

#include "drawing/layout_sample.hpp"
#include "drawing/segment_rows.hpp"

namespace imgbuf::drawing {

/// How the bytes of a line become a width: the same for all lines of a picture, so that equal bytes stand below each
/// other. Elements that are drawn have their full width, what is left out between them a gap, and long stretches before
/// and behind them are drawn narrower.
class LineScale {
 public:
  /// Bytes [begin, end) of a line, counted from its lowest, and where they are drawn, counted from `body_x`.
  struct Part {
    enum class Kind : unsigned char { pixel, not_reached, left_out };
    Kind kind = Kind::pixel;
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;
    double x = 0;
    double width = 0;
    int tone = -1;
    std::vector<double> splits;  ///< between the elements of a pixel
  };

  LineScale(const Layout& layout, std::ptrdiff_t itemsize, const LayoutSample& sample,
            const std::vector<DrawnSegment>& segments, double width);

  [[nodiscard]] const std::vector<Part>& parts() const noexcept { return parts_; }
  [[nodiscard]] double body_width() const noexcept { return body_width_; }
  /// Where lines begin, behind the widest stretch before one.
  [[nodiscard]] double body_x() const noexcept { return body_x_; }
  [[nodiscard]] double total_width() const noexcept { return total_width_; }
  /// The width of bytes before and behind a line.
  [[nodiscard]] double width_before(std::size_t bytes) const noexcept {
    return unit_before_ * static_cast<double>(bytes);
  }
  [[nodiscard]] double width_after(std::size_t bytes) const noexcept {
    return unit_after_ * static_cast<double>(bytes);
  }

 private:
  void add_parts(const Layout& layout, std::ptrdiff_t itemsize, const LayoutSample& sample);

  std::vector<Part> parts_;
  double unit_ = 0;         ///< the width of a byte
  double unit_before_ = 0;  ///< of a byte before a line
  double unit_after_ = 0;
  double body_x_ = 0;
  double body_width_ = 0;
  double total_width_ = 0;
};

}  // namespace imgbuf::drawing
