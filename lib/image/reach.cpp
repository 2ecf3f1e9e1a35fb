#include "image/reach.hpp"

#include <cstdint>
#include <cstring>

#include "imgbuf/error.hpp"

namespace imgbuf::image {

namespace {

class Visitor {
 public:
  Visitor(const Layout& layout, FunctionRef<void(int, std::byte*)> f) : layout_(layout), f_(f) {}

  void visit(int level, std::byte* start) {
    f_(level, start);
    if (level < layout_.indirections()) follow(level, 0, start);
  }

 private:
  /// Takes every index of the axes of `level` from `axis` on, then the pointer.
  void follow(int level, int axis, std::byte* p) {
    while (axis < layout_.rank() && layout_.axis(axis).level != level) ++axis;
    if (axis == layout_.rank()) {
      if (++followed_ > most_pointers)
        throw Error(ErrorCode::limit_exceeded, "the layout follows more than 2147483648 pointers");
      std::memcpy(&p, p, sizeof p);
      visit(level + 1, shifted(p, layout_.pointer_offset(level)));
      return;
    }
    const Axis& a = layout_.axis(axis);
    const std::ptrdiff_t distinct = a.byte_stride == 0 ? 1 : a.extent;
    for (std::ptrdiff_t i = 0; i < distinct; ++i) follow(level, axis + 1, shifted(p, i * a.byte_stride));
  }

  static constexpr std::ptrdiff_t most_pointers = std::ptrdiff_t{1} << 31;

  const Layout& layout_;
  FunctionRef<void(int, std::byte*)> f_;
  std::ptrdiff_t followed_ = 0;
};

}  // namespace

LevelReach level_reach(const Layout& layout, int level) noexcept {
  LevelReach reach;
  for (const Axis& axis : layout.axes()) {
    if (axis.level != level || axis.extent == 0) continue;
    (axis.byte_stride < 0 ? reach.first : reach.last) += (axis.extent - 1) * axis.byte_stride;
  }
  return reach;
}

std::byte* shifted(std::byte* address, std::ptrdiff_t bytes) noexcept {
  return reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(address) + static_cast<std::uintptr_t>(bytes));
}

void visit_levels(const Layout& layout, std::byte* origin, FunctionRef<void(int, std::byte*)> f) {
  if (layout.is_empty()) return;
  Visitor(layout, f).visit(0, origin);
}

}  // namespace imgbuf::image
