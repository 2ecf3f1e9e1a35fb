#include "reporters.hpp"

#include <fmt/format.h>

#include <ostream>
#include <string>

#include "register_rows.hpp"

namespace imgbuf::bench {

namespace {

using Run = benchmark::BenchmarkReporter::Run;

#ifdef NDEBUG
constexpr bool is_release_build = true;
#else
constexpr bool is_release_build = false;
#endif

double number(const Run& run, const char* name) {
  const auto found = run.counters.find(name);
  return found == run.counters.end() ? 0 : found->second.value;
}

std::string target_text(const Run& run) {
  if (run.counters.find(counter::target) == run.counters.end()) return "";
  const double target = number(run, counter::target);
  return fmt::format("<= {:.2f} {}", target, number(run, counter::ratio) <= target ? "met" : "missed");
}

}  // namespace

bool TableReporter::ReportContext(const Context& context) {
  const auto& load = context.cpu_info.load_avg;
  GetErrorStream() << fmt::format(
      "{} processors, load {}; what else runs disturbs the times of the wall, less the CPU's\n",
      context.cpu_info.num_cpus, load.empty() ? "unknown" : fmt::format("{:.1f}", load[0]));
  if (!is_release_build) GetErrorStream() << "this is not a Release build: its times mean little\n";
  GetOutputStream() << fmt::format("{:<34} {:>10} {:>10} {:>7} {:<14} {:>10} {:>10} {:>9} {:>5}  {}\n", "row",
                                   "imgbuf ms", "limit ms", "ratio", "quartiles", "imgbuf CPU", "limit CPU",
                                   "CPU ratio", "pairs", "target")
                    << std::flush;
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.run_type != Run::RT_Iteration) continue;
    const std::string& name = run.run_name.function_name;
    if (run.error_occurred) {
      has_failed_ = true;
      GetErrorStream() << fmt::format("{}: {}\n", name, run.error_message) << std::flush;
      continue;
    }
    const std::string spread =
        fmt::format("{:.3f}..{:.3f}", number(run, counter::ratio_lower), number(run, counter::ratio_upper));
    GetOutputStream() << fmt::format(
                             "{:<34} {:>10.3f} {:>10.3f} {:>7.3f} {:<14} {:>10.3f} {:>10.3f} {:>9.3f} {:>5}  {}\n",
                             name, number(run, counter::subject_ms), number(run, counter::limit_ms),
                             number(run, counter::ratio), spread, number(run, counter::subject_cpu_ms),
                             number(run, counter::limit_cpu_ms), number(run, counter::cpu_ratio),
                             number(run, counter::pairs), target_text(run))
                      << std::flush;
  }
}

void JsonReporter::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> clean = runs;
  for (Run& run : clean) {
    run.run_name.iterations.clear();
    run.run_name.time_type.clear();
    if (run.run_type == Run::RT_Iteration) run.cpu_accumulated_time = number(run, counter::subject_cpu_ms) * 1e-3;
  }
  JSONReporter::ReportRuns(clean);
}

}  // namespace imgbuf::bench
