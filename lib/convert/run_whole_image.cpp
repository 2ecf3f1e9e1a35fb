#include <algorithm>
#include <optional>
#include <string_view>

#include "convert/buffers.hpp"
#include "convert/channels.hpp"
#include "convert/geometry.hpp"
#include "convert/job.hpp"
#include "convert/strip_stages.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::conversion {

namespace {

/// Calls `body(first row, rows)` for strips of `total` rows.
template <class Body>
void for_each_strip(const Job& job, std::ptrdiff_t total, const Context& context, Body&& body) {
  for (std::ptrdiff_t row = 0; row < total; row += job.rows_per_strip) {
    context.check_cancelled();
    body(row, std::min(job.rows_per_strip, total - row));
  }
}

/// Columns of a turned band that are copied at a time out of a file: their rows' pages come and go together.
constexpr std::ptrdiff_t columns_from_file = 512;

/// Rows decoded and rows written count alike.
class Progress {
 public:
  Progress(const Job& job, Context& context)
      : decoded_(job.in_file ? 0 : job.rows.height), total_(decoded_ + job.output_height()), context_(context) {}
  void rows_decoded(std::ptrdiff_t rows) const { context_.progress(rows, total_); }
  void rows_written(std::ptrdiff_t rows) const { context_.progress(decoded_ + rows, total_); }

 private:
  std::ptrdiff_t decoded_;
  std::ptrdiff_t total_;
  Context& context_;
};

SideContext side_of(Context& context) {
  return SideContext(context, [&context](std::string_view line) { context.warn(line); });
}

void copy_counted(const AnyView& destination, const AnyConstView& source, Context& context) {
  copy(destination, source, context);
  context.count_scratch_bytes(source.layout().element_count() * source.format().itemsize());
}

/// Into the rows of the file, all in one piece.
void decode_as_it_is(const Job& job, const AnyView& image, const Progress& progress, Context& side) {
  if (job.reader->needs_whole_image()) {
    job.reader->read_rows(image, side);
    progress.rows_decoded(job.rows.height);
    return;
  }
  for_each_strip(job, job.rows.height, side, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    job.reader->read_rows(image.window(0, row, count), side);
    progress.rows_decoded(row + count);
  });
}

/// Into the rows of the output: strips are converted and then put where they belong.
void decode_to_output(const Job& job, const Buffers& buffers, const AnyView& output, const Progress& progress,
                      Context& side) {
  const AnyView place = unoriented(output, job.orientation);
  if (job.decodes_into_output()) {
    decode_as_it_is(job, place, progress, side);
    return;
  }
  const Image strip = buffers.decoded_strip.allocate();
  Image converted;
  if (buffers.converted_strip.count > 0) converted = buffers.converted_strip.allocate();
  for_each_strip(job, job.rows.height, side, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    const AnyView decoded = strip.view().window(0, 0, count);
    job.reader->read_rows(decoded, side);
    const AnyConstView source = selected(decoded, job.selection);
    const AnyView destination = place.window(0, row, count);
    if (job.converter == nullptr) {
      copy_counted(destination, source, side);
    } else if (!job.copies_turned()) {
      convert_pixels(job, destination, source, side);
    } else {
      const AnyView between = converted.view().window(0, 0, count);
      convert_pixels(job, between, source, side);
      copy_counted(destination, between, side);
    }
    progress.rows_decoded(row + count);
  });
}

/// The rows of the output before conversion, in order.
class SeenRows {
 public:
  /// @param decoded  nothing when rows are taken from the file
  SeenRows(const Job& job, const Buffers& buffers, const Image& decoded)
      : job_(job), picture_(job.seen(job.in_file ? *job.in_file : decoded.const_view())) {
    if (buffers.turned_band.count > 0) band_ = buffers.turned_band.allocate();
  }
  /// Valid until the next call.
  [[nodiscard]] AnyConstView at(std::ptrdiff_t row, std::ptrdiff_t count, Context& context) const {
    const std::ptrdiff_t width = picture_.extent(1);
    if (!band_) return part({0, row, width, count});
    const AnyView band = band_->view().window(0, 0, count);
    const std::ptrdiff_t step = job_.in_file ? columns_from_file : width;
    for (std::ptrdiff_t x = 0; x < width; x += step) {
      const std::ptrdiff_t columns = std::min(step, width - x);
      copy_counted(band.window(1, x, columns), part({x, row, columns, count}), context);
    }
    return band;
  }
  [[nodiscard]] AnyConstView all() const { return part({0, 0, picture_.extent(1), picture_.extent(0)}); }

 private:
  [[nodiscard]] AnyConstView part(const Region& region) const {
    if (job_.in_file) return job_.seen_in_file(region);
    return picture_.crop({region.y, region.x}, {region.height, region.width});
  }

  const Job& job_;
  AnyConstView picture_;
  std::optional<Image> band_;
};

void fill_output(const Job& job, const Buffers& buffers, const HeldImages& images, Context& side) {
  const SeenRows seen(job, buffers, images.decoded);
  for_each_strip(job, job.output_height(), side, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    const AnyView destination = images.output.view().window(0, row, count);
    const AnyConstView source = seen.at(row, count, side);
    if (job.converter != nullptr) {
      convert_pixels(job, destination, source, side);
    } else {
      copy_counted(destination, source, side);
    }
  });
}

void encode_rows(const Job& job, const Buffers& buffers, const HeldImages& images, Writer& writer,
                 const Progress& progress, Context& side) {
  if (writer.needs_whole_image()) {
    const bool is_decoded = job.held == Held::decoded;
    writer.write_rows(is_decoded ? SeenRows(job, buffers, images.decoded).all() : images.output.const_view(), side);
    progress.rows_written(job.output_height());
    return;
  }
  const SeenRows seen(job, buffers, images.decoded);
  Image strip;
  if (job.converter != nullptr) strip = buffers.converted_strip.allocate();
  for_each_strip(job, job.output_height(), side, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    const AnyConstView source = seen.at(row, count, side);
    if (job.converter == nullptr) {
      writer.write_rows(source, side);
    } else {
      const AnyView converted = strip.view().window(0, 0, count);
      convert_pixels(job, converted, source, side);
      writer.write_rows(converted, side);
    }
    progress.rows_written(row + count);
  });
}

}  // namespace

HeldImages decode_all(const Job& job, Context& context) {
  SideContext side = side_of(context);
  const Buffers buffers(job);
  const Progress progress(job, context);
  HeldImages images;
  if (buffers.decoded_image.count > 0) images.decoded = buffers.decoded_image.allocate();
  if (buffers.output_image.count > 0) images.output = buffers.output_image.allocate();
  if (job.held == Held::output) {
    decode_to_output(job, buffers, images.output.view(), progress, side.part);
  } else if (!job.in_file) {
    decode_as_it_is(job, images.decoded.view(), progress, side.part);
  }
  if (!job.in_file) job.reader->finish(side.part);
  return images;
}

void encode_all(const Job& job, const HeldImages& images, Writer& writer, Context& context) {
  SideContext side = side_of(context);
  const Buffers buffers(job);
  const Progress progress(job, context);
  try {
    if (job.held == Held::both) fill_output(job, buffers, images, side.part);
    encode_rows(job, buffers, images, writer, progress, side.part);
  } catch (const Error&) {
    // Writing pages that a shortened file has no more fails as if the output could not be written.
    if (job.in_file) job.reader->require_intact();
    throw;
  }
  if (job.in_file) job.reader->finish(side.part);
}

}  // namespace imgbuf::conversion
