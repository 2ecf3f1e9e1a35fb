#pragma once

#include <vector>

#include "row.hpp"

namespace imgbuf::bench {

/// How much one row is measured.
struct Effort {
  int pairs = 15;      ///< at least so many
  double seconds = 1;  ///< and at least so long
};

/// Milliseconds of one call: of the wall, and of all the process's threads.
struct CallTime {
  double wall_ms = 0;
  double cpu_ms = 0;
};

/// What happened in one pair: the subject's call, then the limit's.
struct Pair {
  CallTime subject;
  CallTime limit;
};

/// Calls the sides alternately, so that whatever slows the machine down slows both. A side that takes less than a
/// few milliseconds is called several times in a row; its time is then the mean of these calls.
[[nodiscard]] std::vector<Pair> run_pairs(const Sides& sides, const Effort& effort);

struct Quartiles {
  double lower = 0;
  double median = 0;
  double upper = 0;
};

/// Interpolated between neighbours. @pre !values.empty()
[[nodiscard]] Quartiles quartiles(std::vector<double> values);

}  // namespace imgbuf::bench
