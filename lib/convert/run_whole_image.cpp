#include <algorithm>

#include "convert/geometry.hpp"
#include "convert/job.hpp"
#include "convert/strip_stages.hpp"

namespace imgbuf::conversion {

namespace {

/// Calls `body(first row, rows)` for strips of `total` rows, with progress after each.
template <class Body>
void for_each_strip(const Job& job, std::ptrdiff_t total, std::ptrdiff_t done_before, Context& context, Body&& body) {
  for (std::ptrdiff_t row = 0; row < total;) {
    context.check_cancelled();
    const std::ptrdiff_t count = std::min(job.rows_per_strip, total - row);
    body(row, count);
    row += count;
    context.progress(done_before + row, job.rows.height + job.output_rows());
  }
}

SideContext side_of(Context& context) {
  return SideContext(context, [&context](std::string_view line) { context.warn(line); });
}

void decode_whole(const Job& job, const Image& image, Context& side, Context& context) {
  if (job.reader->needs_whole_image()) {
    job.reader->read_rows(image.view(), side);
    context.progress(job.rows.height, job.rows.height + job.output_rows());
    return;
  }
  for_each_strip(job, job.rows.height, 0, context, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    job.reader->read_rows(image.view().window(0, row, count), side);
  });
}

}  // namespace

HeldImages decode_all(const Job& job, Context& context) {
  SideContext side = side_of(context);
  HeldImages images;
  if (job.held != Held::converted) images.decoded = allocate_rows(job.rows, job.rows.height, job.arrangement);
  if (job.held != Held::decoded) {
    images.converted = allocate_rows(job.converted_rows(), job.rows.height, job.arrangement);
  }

  if (job.held == Held::converted) {
    const Image strip = allocate_rows(job.rows, job.rows_per_strip, job.arrangement);
    for_each_strip(job, job.rows.height, 0, context, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
      const AnyView decoded = strip.view().window(0, 0, count);
      job.reader->read_rows(decoded, side.part);
      convert_pixels(job, images.converted.view().window(0, row, count), decoded, side.part);
    });
  } else {
    decode_whole(job, images.decoded, side.part, context);
  }
  job.reader->finish(side.part);
  return images;
}

void encode_all(const Job& job, const HeldImages& images, Writer& writer, Context& context) {
  SideContext side = side_of(context);
  if (job.held == Held::both) {
    convert_pixels(job, images.converted.view(), images.decoded.const_view(), side.part);
  }
  const bool converts_now = job.held == Held::decoded && job.converter != nullptr;
  const AnyConstView picture =
      oriented((job.held == Held::decoded ? images.decoded : images.converted).const_view(), job.orientation);

  if (writer.needs_whole_image()) {
    writer.write_rows(picture, side.part);
    context.progress(job.rows.height + job.output_rows(), job.rows.height + job.output_rows());
    return;
  }
  Image strip;
  if (converts_now) {
    ImageInfo turned = job.converted_rows();
    turned.width = picture.extent(1);
    strip = allocate_rows(turned, job.rows_per_strip, job.arrangement);
  }
  for_each_strip(job, job.output_rows(), job.rows.height, context, [&](std::ptrdiff_t row, std::ptrdiff_t count) {
    const AnyConstView rows = picture.window(0, row, count);
    if (!converts_now) {
      writer.write_rows(rows, side.part);
      return;
    }
    const AnyView converted = strip.view().window(0, 0, count);
    convert_pixels(job, converted, rows, side.part);
    writer.write_rows(converted, side.part);
  });
}

}  // namespace imgbuf::conversion
