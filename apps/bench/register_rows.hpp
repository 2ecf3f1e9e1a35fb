#pragma once

#include "pairs.hpp"
#include "picture.hpp"

namespace imgbuf::bench {

/// Names of the numbers that a row hands from its run to the reporters, and that stand in the JSON.
namespace counter {
inline constexpr auto subject_ms = "imgbuf_ms";
inline constexpr auto limit_ms = "limit_ms";
inline constexpr auto ratio = "ratio";
inline constexpr auto ratio_lower = "ratio_lower_quartile";
inline constexpr auto ratio_upper = "ratio_upper_quartile";
inline constexpr auto subject_cpu_ms = "imgbuf_cpu_ms";
inline constexpr auto limit_cpu_ms = "limit_cpu_ms";
inline constexpr auto cpu_ratio = "cpu_ratio";
inline constexpr auto pairs = "pairs";
inline constexpr auto target = "target";  ///< absent when the row has none
}  // namespace counter

/// Makes every row a benchmark of Google Benchmark with one iteration, which measures all pairs.
/// @param picture  outlives the run
void register_rows(LazyPicture& picture, const Effort& effort);

}  // namespace imgbuf::bench
