#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/statistics.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::measure {

/// Whether the values of a type are so few that each is counted.
[[nodiscard]] constexpr bool is_counted_by_value(ElementType type) noexcept {
  return size_of(type) <= 2 && !is_floating_point(type);
}

/// The least and the greatest value of a type that is counted by value.
[[nodiscard]] ValueRange values_of(ElementType type) noexcept;

/// Adds how often each value is in each channel: counts[c][value - least value].
/// @param channels  of one shape and of one type that is counted by value; at most `most_channels_at_once`
/// @throws as `walk_blocks`
void count_values(std::span<const AnyConstView> channels, std::span<std::vector<std::uint64_t>> counts,
                  const Context& context);

/// Adds to each channel's histogram, whose range and number of bins are set, the samples of types that are not counted
/// by value.
/// @throws as `walk_blocks`
void count_in_bins(std::span<const AnyConstView> channels, std::span<Histogram> histograms, const Context& context);

}  // namespace imgbuf::measure
