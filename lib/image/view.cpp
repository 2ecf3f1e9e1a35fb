#include "imgbuf/view.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/out_of_memory.hpp"
#include "image/reach.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace detail {

namespace {

/// Whether the last level's arithmetic starts at multiples of `alignment` everywhere.
bool has_aligned_starts(const std::byte* origin, const Layout& layout, std::size_t alignment) {
  bool aligned = true;
  const auto check = [&](int level, std::span<std::byte* const> starts) {
    if (level != layout.indirections()) return;
    aligned = std::all_of(starts.begin(), starts.end(), [alignment](const std::byte* start) {
      return reinterpret_cast<std::uintptr_t>(start) % alignment == 0;
    });
  };
  base::or_out_of_memory([&] { image::follow_levels(layout, const_cast<std::byte*>(origin), check); });
  return aligned;
}

}  // namespace

std::optional<Error> typed_access_error(const std::byte* origin, const Layout& layout, Format format, ElementType type,
                                        std::size_t alignment) {
  constexpr ErrorCode code = ErrorCode::format_mismatch;
  if (format.type() != type)
    return Error(code,
                 "elements are " + std::string(to_string(format.type())) + ", not " + std::string(to_string(type)));
  if (!format.is_native())
    return Error(code, "elements of format '" + format.pep3118() + "' have the other byte order");
  if (alignment <= 1 || layout.is_empty()) return {};
  if (!has_aligned_starts(origin, layout, alignment))
    return Error(code, "a row or element is not aligned to " + std::to_string(alignment) + " bytes");
  for (int a = 0; a < layout.rank(); ++a) {
    const Axis& axis = layout.axis(a);
    if (axis.level == layout.indirections() && axis.extent > 1 &&
        static_cast<std::uintptr_t>(axis.byte_stride) % alignment != 0)
      return Error(
          code, "a stride of " + std::to_string(axis.byte_stride) + " bytes is no multiple of the element's alignment",
          "axis " + std::to_string(a));
  }
  return {};
}

void require_typed(const std::byte* origin, const Layout& layout, Format format, ElementType type,
                   std::size_t alignment) {
  if (const std::optional<Error> error = typed_access_error(origin, layout, format, type, alignment))
    throw Error(*error);
}

std::byte* follow_leading_pointers(std::byte* origin, Layout& layout) noexcept {
  while (!layout.is_direct() && !layout.level_has_axis(0) && !layout.is_empty()) {
    std::memcpy(&origin, origin, sizeof origin);
    origin += layout.pointer_offset(0);
    layout = std::move(layout).without_leading_level();
  }
  return origin;
}

}  // namespace detail

template class BasicAnyView<true>;
template class BasicAnyView<false>;

}  // namespace imgbuf
