#pragma once

#include <benchmark/benchmark.h>

namespace imgbuf::bench {

/// The table for people: a line a row, as soon as the row is done.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  /// Whether some row could not be measured.
  [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

 private:
  bool has_failed_ = false;
};

/// Google Benchmark's JSON with the rows' own names, and with times of one call of the subject in place of times of
/// all that the row did.
class JsonReporter : public benchmark::JSONReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override;
};

}  // namespace imgbuf::bench
