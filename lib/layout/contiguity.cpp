#include "imgbuf/layout.hpp"
#include "layout/checked.hpp"

namespace imgbuf {

namespace {

/// @param fastest  the axes, the fastest first
template <class Iterator>
bool is_packed(Iterator fastest, Iterator end, std::ptrdiff_t itemsize) noexcept {
  std::ptrdiff_t expected = itemsize;
  bool fits = true;  // a product that does not fit is no stride
  for (; fastest != end; ++fastest) {
    if (fastest->extent != 1 && (!fits || fastest->byte_stride != expected)) return false;
    fits = fits && detail::multiply(expected, fastest->extent, expected);
  }
  return true;
}

}  // namespace

bool is_c_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  if (!layout.is_direct()) return false;
  return layout.is_empty() || is_packed(layout.axes().rbegin(), layout.axes().rend(), itemsize);
}

bool is_f_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  if (!layout.is_direct()) return false;
  return layout.is_empty() || is_packed(layout.axes().begin(), layout.axes().end(), itemsize);
}

bool is_contiguous(const Layout& layout, std::ptrdiff_t itemsize) noexcept {
  return is_c_contiguous(layout, itemsize) || is_f_contiguous(layout, itemsize);
}

ByteRange reached_bytes(const Layout& layout, int level, std::ptrdiff_t itemsize) noexcept {
  if (layout.is_empty()) return {};
  ByteRange range{0, level == layout.indirections() ? itemsize : std::ptrdiff_t{sizeof(std::byte*)}};
  for (const Axis& axis : layout.axes())
    if (axis.level == level) (axis.byte_stride < 0 ? range.first : range.last) += (axis.extent - 1) * axis.byte_stride;
  return range;
}

}  // namespace imgbuf
