#pragma once

#include <cstddef>

#include "imgbuf/function_ref.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf::image {

/// Bytes around the point where one level's arithmetic starts that its axes can reach: [first, last] are the lowest and
/// the highest offset of an element (or pointer slot) of that level.
struct LevelReach {
  std::ptrdiff_t first = 0;
  std::ptrdiff_t last = 0;
};
[[nodiscard]] LevelReach level_reach(const Layout& layout, int level) noexcept;

/// An address that may not be one yet: what a table of unknown origin says, moved without pointer arithmetic.
[[nodiscard]] std::byte* shifted(std::byte* address, std::ptrdiff_t bytes) noexcept;

/// Follows every pointer of a layout once and calls `f(level, start)` for each place where a level's arithmetic starts:
/// the origin for level 0, then a place for each pointer followed. It is called for a level before any slot of that
/// level is read, so that it can refuse (by throwing) what must not be followed. An empty layout is not followed at
/// all. Takes time linear in the number of pointers; an axis of stride 0 is followed once.
/// @throws Error{limit_exceeded} for more than 2^31 pointers
void visit_levels(const Layout& layout, std::byte* origin, FunctionRef<void(int level, std::byte* start)> f);

}  // namespace imgbuf::image
