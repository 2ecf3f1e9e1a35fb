#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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
[[nodiscard]] inline std::byte* shifted(std::byte* address, std::ptrdiff_t bytes) noexcept {
  return reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(address) + static_cast<std::uintptr_t>(bytes));
}

/// How far one such address is from another.
[[nodiscard]] inline std::ptrdiff_t bytes_between(const std::byte* from, const std::byte* to) noexcept {
  return static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(from));
}

/// A stretch of bytes.
struct Extent {
  std::byte* begin = nullptr;
  std::size_t bytes = 0;
};

/// The pointer slots of one level and where each leads: `targets[i]` is what slot i holds plus the pointer offset, the
/// place where the next level's arithmetic starts.
struct TableLevel {
  std::vector<std::byte*> starts;   ///< where this level's arithmetic starts; ascending, each once
  std::vector<std::byte*> slots;    ///< ascending, each once
  std::vector<std::byte*> targets;  ///< as many as slots
};

/// Follows the pointers of a layout level by level and reads each slot once, however many indices lead to it: the time
/// is that of sorting the slots, and does not multiply where tables share tables or strides overlap.
///
/// `check(level, starts)` is called before any slot of that level is read, so that it can refuse (by throwing) what
/// must not be followed: for level 0 with the origin, for a later level with the targets of the level before, slot by
/// slot. An empty layout is not followed at all.
/// @return a table for each level but the last, which holds the elements
/// @throws Error{limit_exceeded} for more than 2^31 slots of a level
std::vector<TableLevel> follow_levels(const Layout& layout, std::byte* origin,
                                      FunctionRef<void(int level, std::span<std::byte* const> starts)> check);

}  // namespace imgbuf::image
