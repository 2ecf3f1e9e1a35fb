#include "register_rows.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <string>

#include "row.hpp"

namespace imgbuf::bench {

namespace {

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  add_codec_rows(rows);
  add_copy_rows(rows);
  add_elements_rows(rows);
  add_grid_rows(rows);
  add_memory_rows(rows);
  add_walk_rows(rows);
  return rows;
}

bool sides_agree(const Sides& sides) {
  sides.subject();
  const auto from_subject = sides.take_result();
  sides.limit();
  return from_subject == sides.take_result();
}

Quartiles of(const std::vector<Pair>& pairs, const std::function<double(const Pair&)>& value) {
  std::vector<double> values(pairs.size());
  std::transform(pairs.begin(), pairs.end(), values.begin(), value);
  return quartiles(std::move(values));
}

void count(benchmark::State& state, const Row& row, const std::vector<Pair>& pairs) {
  const Quartiles ratio = of(pairs, [](const Pair& p) { return p.subject.wall_ms / p.limit.wall_ms; });
  auto& counters = state.counters;
  counters[counter::subject_ms] = of(pairs, [](const Pair& p) { return p.subject.wall_ms; }).median;
  counters[counter::limit_ms] = of(pairs, [](const Pair& p) { return p.limit.wall_ms; }).median;
  counters[counter::ratio] = ratio.median;
  counters[counter::ratio_lower] = ratio.lower;
  counters[counter::ratio_upper] = ratio.upper;
  counters[counter::subject_cpu_ms] = of(pairs, [](const Pair& p) { return p.subject.cpu_ms; }).median;
  counters[counter::limit_cpu_ms] = of(pairs, [](const Pair& p) { return p.limit.cpu_ms; }).median;
  counters[counter::cpu_ratio] = of(pairs, [](const Pair& p) { return p.subject.cpu_ms / p.limit.cpu_ms; }).median;
  counters[counter::pairs] = static_cast<double>(pairs.size());
  if (row.target) counters[counter::target] = *row.target;
}

void measure(benchmark::State& state, const Row& row, LazyPicture& picture, const Effort& effort) {
  try {
    const Sides sides = row.prepare(picture.get());
    if (!sides_agree(sides)) {
      state.SkipWithError("the two sides give different results");
      return;
    }
    std::vector<Pair> pairs;
    for ([[maybe_unused]] auto _ : state) {
      pairs = run_pairs(sides, effort);
      state.SetIterationTime(of(pairs, [](const Pair& p) { return p.subject.wall_ms; }).median * 1e-3);
    }
    count(state, row, pairs);
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

}  // namespace

void register_rows(LazyPicture& picture, const Effort& effort) {
  for (const Row& row : all_rows()) {
    benchmark::RegisterBenchmark(
        row.name.c_str(), [row, &picture, effort](benchmark::State& state) { measure(state, row, picture, effort); })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace imgbuf::bench
