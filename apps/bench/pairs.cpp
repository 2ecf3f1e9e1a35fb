#include "pairs.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <functional>

namespace imgbuf::bench {

namespace {

// So long that reading the clocks (a microsecond or so) does not show.
constexpr double min_sample_ms = 3;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double wall_ms() {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return Milliseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

CallTime time_calls(const std::function<void()>& call, int count) {
  const double cpu_before = cpu_ms();
  const double wall_before = wall_ms();
  for (int i = 0; i < count; ++i) call();
  const double wall = wall_ms() - wall_before;
  const double cpu = cpu_ms() - cpu_before;
  return {wall / count, cpu / count};
}

}  // namespace

std::vector<Pair> run_pairs(const Sides& sides, const Effort& effort) {
  // The first calls warm caches up and say how long a call takes.
  const double shortest_ms = std::min(time_calls(sides.subject, 1).wall_ms, time_calls(sides.limit, 1).wall_ms);
  const int calls = static_cast<int>(std::ceil(min_sample_ms / std::max(shortest_ms, 1e-5)));
  std::vector<Pair> pairs;
  const double end_ms = wall_ms() + effort.seconds * 1e3;
  while (static_cast<int>(pairs.size()) < effort.pairs || wall_ms() < end_ms) {
    const CallTime subject = time_calls(sides.subject, calls);
    const CallTime limit = time_calls(sides.limit, calls);
    pairs.push_back({subject, limit});
  }
  return pairs;
}

Quartiles quartiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double fraction) {
    const double position = fraction * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], position - static_cast<double>(below));
  };
  return {at(0.25), at(0.5), at(0.75)};
}

}  // namespace imgbuf::bench
