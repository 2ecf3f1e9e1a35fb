#pragma once

#include <cstddef>
#include <vector>

#include "walk/plan.hpp"

namespace imgbuf::walk {

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
