#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "walk/plan.hpp"

namespace imgbuf::walk {

/// Below this many elements, handing work to other threads costs more than it saves.
inline constexpr std::ptrdiff_t fewest_elements_of_a_part = 64 * 1024;

/// Into how many parts a walk is cut for so many threads.
[[nodiscard]] constexpr std::ptrdiff_t parts_for_threads(int threads) noexcept {
  return 4 * static_cast<std::ptrdiff_t>(threads);
}

/// Into how many parts a walk of so many elements is cut that gathers something: the same on any number of threads.
[[nodiscard]] constexpr std::ptrdiff_t parts_that_gather(std::ptrdiff_t elements) noexcept {
  return std::clamp<std::ptrdiff_t>(elements / fewest_elements_of_a_part, 1, 256);
}

/// Part of a plan: outer indices [outer_begin, outer_end), and of each of their blocks some rows or some columns.
struct Part {
  std::ptrdiff_t outer_begin = 0, outer_end = 0;
  std::ptrdiff_t row_begin = 0, row_count = 0;
  std::ptrdiff_t column_begin = 0, column_count = 0;
};

[[nodiscard]] Part whole(const Plan& plan) noexcept;

/// Cuts a plan along its outermost loop that has enough to share, into at most `wanted` parts of about one size. The
/// result depends on its arguments only. @pre wanted >= 1, !plan.is_empty
[[nodiscard]] std::vector<Part> split(const Plan& plan, std::ptrdiff_t wanted);

}  // namespace imgbuf::walk
