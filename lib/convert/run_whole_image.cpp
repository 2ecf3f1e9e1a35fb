#include <algorithm>
#include <optional>
#include <string_view>

#include "convert/buffers.hpp"
#include "convert/channels.hpp"
#include "convert/geometry.hpp"
#include "convert/job.hpp"
#include "convert/strip_stages.hpp"
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

/// Rows decoded and rows written count alike.
class Progress {
 public:
  Progress(const Job& job, Context& context)
      : decoded_(job.rows.height), total_(job.rows.height + job.output_height()), context_(context) {}
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
  SeenRows(const Job& job, const Buffers& buffers, const AnyConstView& decoded) : picture_(job.seen(decoded)) {
    if (buffers.turned_band.count > 0) band_ = buffers.turned_band.allocate();
  }
  /// Valid until the next call.
  [[nodiscard]] AnyConstView at(std::ptrdiff_t row, std::ptrdiff_t count, Context& context) const {
    AnyConstView rows = picture_.window(0, row, count);
    if (!band_) return rows;
    copy_counted(band_->view().window(0, 0, count), rows, context);
    return band_->const_view().window(0, 0, count);
  }

 private:
  AnyConstView picture_;
  std::optional<Image> band_;
};

void fill_output(const Job& job, const Buffers& buffers, const HeldImages& images, Context& side) {
  const SeenRows seen(job, buffers, images.decoded.const_view());
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
  } else {
    decode_as_it_is(job, images.decoded.view(), progress, side.part);
  }
  job.reader->finish(side.part);
  return images;
}

void encode_all(const Job& job, const HeldImages& images, Writer& writer, Context& context) {
  SideContext side = side_of(context);
  const Buffers buffers(job);
  const Progress progress(job, context);
  if (job.held == Held::both) fill_output(job, buffers, images, side.part);
  if (writer.needs_whole_image()) {
    writer.write_rows(job.held == Held::decoded ? job.seen(images.decoded.const_view()) : images.output.const_view(),
                      side.part);
    progress.rows_written(job.output_height());
    return;
  }
  const SeenRows seen(job, buffers, images.decoded.const_view());
  Image strip;
  if (job.converter != nullptr) strip = buffers.converted_strip.allocate();
  for_each_strip(job, job.output_height(), side.part, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    const AnyConstView source = seen.at(row, count, side.part);
    if (job.converter == nullptr) {
      writer.write_rows(source, side.part);
    } else {
      const AnyView converted = strip.view().window(0, 0, count);
      convert_pixels(job, converted, source, side.part);
      writer.write_rows(converted, side.part);
    }
    progress.rows_written(row + count);
  });
}

}  // namespace imgbuf::conversion
