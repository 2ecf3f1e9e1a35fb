#pragma once

#include <span>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"
#include "measure/compensated_sum.hpp"

namespace imgbuf::measure {

/// How far two channels, or parts of them, are from each other.
struct ErrorSums {
  double max = 0;
  CompensatedSum squares;
};

/// For each pair of channels of one shape and element type. Many of them are walked together.
/// @throws as `walk_parts`
[[nodiscard]] std::vector<ErrorSums> error_sums(std::span<const AnyConstView> a, std::span<const AnyConstView> b,
                                                const Context& context);

/// The first index, in the order of rows, at which two views of shape (height, width) differ by `max`.
/// @pre max is the greatest difference that `error_sums` finds in them
struct RowAndColumn {
  std::ptrdiff_t row = 0;
  std::ptrdiff_t column = 0;
};
[[nodiscard]] RowAndColumn find_difference(const AnyConstView& a, const AnyConstView& b, double max,
                                           const Context& context);

}  // namespace imgbuf::measure
