#include <algorithm>
#include <thread>

#include "convert/planning.hpp"

namespace imgbuf::conversion {

namespace {

/// Strips of 16 rows are as fast as larger ones, and a row of JPEG blocks is never higher.
constexpr std::ptrdiff_t usual_strip_rows = 16;
/// Enough for both threads to have one in work and one to hand over.
constexpr int most_strips = 4;
/// Very wide pictures get strips of fewer rows.
constexpr std::int64_t most_strip_bytes = std::int64_t{4} << 20;

std::ptrdiff_t strip_rows(const ConvertOptions& options, const Job& job) {
  std::ptrdiff_t rows = usual_strip_rows;
  if (options.arrangement && options.arrangement->kind == Arrangement::Kind::strips) {
    rows = options.arrangement->rows_per_strip;
  } else {
    const std::int64_t row_bytes = std::max(job.rows.row_bytes(), job.converted_rows().row_bytes());
    while (rows > 1 && rows * row_bytes > most_strip_bytes) rows /= 2;
  }
  const std::ptrdiff_t height = job.held == Held::nothing ? job.rows.height : job.output_rows();
  return std::clamp<std::ptrdiff_t>(rows, 1, height);
}

int thread_count(const ConvertOptions& options) {
  const int wanted = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(wanted, 1, 2);
}

}  // namespace

void choose_buffers(const Decisions& decisions, Job& job) {
  const bool converts = job.converter != nullptr;
  if (decisions.reader.needs_whole_image()) {
    job.held = converts && decisions.writer.needs_whole_image() ? Held::both : Held::decoded;
  } else if (decisions.writer.needs_whole_image()) {
    job.held = converts ? Held::converted : Held::decoded;
  } else {
    job.held = keeps_rows(job.orientation) ? Held::nothing : Held::decoded;
  }
  job.arrangement = decisions.options.arrangement.value_or(Arrangement::rows());
  job.rows_per_strip = strip_rows(decisions.options, job);

  const std::ptrdiff_t strips_in_all = (job.rows.height + job.rows_per_strip - 1) / job.rows_per_strip;
  job.threads = job.held == Held::nothing && strips_in_all > 1 ? thread_count(decisions.options) : 1;
  job.strips = job.threads > 1 ? static_cast<int>(std::min<std::ptrdiff_t>(most_strips, strips_in_all)) : 1;
  // PNG costs several times what JPEG does, so the thread that does not work on PNG converts; from PNG to PNG it is
  // compression that takes longer.
  job.converts_in_decoder = job.held == Held::nothing && job.threads > 1 && decisions.format == "PNG";
}

}  // namespace imgbuf::conversion
