#include <algorithm>
#include <thread>

#include "convert/planning.hpp"

namespace imgbuf::conversion {

namespace {

/// Strips of 16 rows are as fast as larger ones, and a row of JPEG blocks is never higher.
constexpr std::ptrdiff_t usual_strip_rows = 16;
/// Rows that become columns are copied with whole lines of the cache on either side when there are at least so many.
constexpr std::ptrdiff_t turned_strip_rows = 64;
/// Out of a file, where each band touches a page of each of its rows, wider ones are faster, and the only memory held.
constexpr std::ptrdiff_t turned_file_rows = 256;
/// Enough for both threads to have one in work and one to hand over.
constexpr int most_strips = 4;
/// Very wide pictures get strips of fewer rows.
constexpr std::int64_t most_strip_bytes = std::int64_t{4} << 20;
constexpr std::int64_t most_file_band_bytes = std::int64_t{32} << 20;

std::ptrdiff_t strip_rows(const ConvertOptions& options, const Job& job) {
  const std::ptrdiff_t longest = std::max(job.rows.width, job.output_width());
  const std::int64_t row_bytes =
      longest *
      std::max({job.rows.pixel.bytes_per_pixel(), job.selected.pixel.bytes_per_pixel(), job.target.bytes_per_pixel()});
  const bool is_file_band = job.copies_turned() && job.in_file;
  const std::int64_t most_bytes = is_file_band ? most_file_band_bytes : most_strip_bytes;
  std::ptrdiff_t rows = job.copies_turned() ? turned_strip_rows : usual_strip_rows;
  if (is_file_band) rows = turned_file_rows;
  if (!job.copies_turned() && options.arrangement && options.arrangement->kind == Arrangement::Kind::strips) {
    rows = options.arrangement->rows_per_strip;
  } else {
    while (rows > 1 && rows * row_bytes > most_bytes) rows /= 2;
  }
  const bool of_output = job.held == Held::decoded || job.held == Held::both;
  return std::clamp<std::ptrdiff_t>(rows, 1, of_output ? job.output_height() : job.rows.height);
}

Held held_image(const Decisions& decisions, const Job& job) {
  const bool changes = job.converter != nullptr || transposes(job.orientation);
  if (job.in_file || decisions.reader.needs_whole_image()) {
    return changes && decisions.writer.needs_whole_image() ? Held::both : Held::decoded;
  }
  if (decisions.writer.needs_whole_image()) return Held::output;
  return keeps_rows(job.orientation) ? Held::nothing : Held::decoded;
}

int thread_count(const ConvertOptions& options) {
  const int wanted = options.threads > 0 ? options.threads : static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(wanted, 1, 2);
}

}  // namespace

void choose_buffers(const Decisions& decisions, Job& job) {
  job.held = held_image(decisions, job);
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
