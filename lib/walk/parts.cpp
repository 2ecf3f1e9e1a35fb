#include "walk/parts.hpp"

#include <algorithm>

namespace imgbuf::walk {

Part whole(const Plan& plan) noexcept {
  return {0, plan.outer_count, 0, plan.rows(), 0, plan.columns()};
}

std::vector<Part> split(const Plan& plan, std::ptrdiff_t wanted) {
  std::vector<Part> parts;
  const auto cut = [&](std::ptrdiff_t extent, std::ptrdiff_t grain, auto&& narrow) {
    const std::ptrdiff_t grains = (extent - 1) / grain + 1;
    const std::ptrdiff_t pieces = std::min(wanted, grains);
    for (std::ptrdiff_t p = 0; p < pieces; ++p) {
      // Whole quotient and remainder apart, so that nothing overflows.
      const auto boundary = [&](std::ptrdiff_t i) {
        return std::min(extent, (grains / pieces * i + grains % pieces * i / pieces) * grain);
      };
      Part part = whole(plan);
      narrow(part, boundary(p), boundary(p + 1));
      parts.push_back(part);
    }
  };
  if (plan.outer_count >= wanted || (plan.outer_count >= plan.rows() && plan.outer_count >= plan.columns())) {
    cut(plan.outer_count, 1, [](Part& part, std::ptrdiff_t begin, std::ptrdiff_t end) {
      part.outer_begin = begin;
      part.outer_end = end;
    });
  } else if (plan.rows() >= wanted || plan.rows() >= plan.columns()) {
    cut(plan.rows(), 1, [](Part& part, std::ptrdiff_t begin, std::ptrdiff_t end) {
      part.row_begin = begin;
      part.row_count = end - begin;
    });
  } else {
    // Columns in multiples of what no two threads should share a cache line of, for any element size.
    cut(plan.columns(), 64, [](Part& part, std::ptrdiff_t begin, std::ptrdiff_t end) {
      part.column_begin = begin;
      part.column_count = end - begin;
    });
  }
  return parts;
}

}  // namespace imgbuf::walk
