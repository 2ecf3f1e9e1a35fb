#include "convert/buffers.hpp"

#include <utility>

namespace imgbuf::conversion {

Image Buffer::allocate() const {
  ImageInfo info;
  info.width = width;
  info.height = rows;
  info.pixel = pixel;
  return Image::allocate(std::move(info), arrangement);
}

std::int64_t Buffer::bytes() const {
  return count == 0 ? 0
                    : count * std::int64_t{arranged_bytes(rows, width, pixel.channels(), pixel.format, arrangement)};
}

Layout Buffer::layout() const {
  // As long as all rows alike, one tells the layout without the memory for them.
  const ArrangedMemory one_row = allocate_arranged(1, width, pixel.channels(), pixel.format, arrangement);
  const auto axes_of_one = one_row.layout.axes();
  std::vector<Axis> axes(axes_of_one.begin(), axes_of_one.end());
  axes[0].extent = rows;
  return Layout(axes, one_row.layout.pointer_offsets());
}

Buffers::Buffers(const Job& job) {
  const bool converts = job.converter != nullptr;
  const bool turns = job.copies_turned();
  const auto strip_of = [&job](const PixelFormat& pixel, std::ptrdiff_t width, int count) {
    return Buffer{pixel, width, job.rows_per_strip, job.arrangement, count};
  };
  if (!job.in_file && (job.held == Held::decoded || job.held == Held::both)) {
    decoded_image = {job.rows.pixel, job.rows.width, job.rows.height, job.arrangement, 1};
  }
  if (job.held == Held::output || job.held == Held::both) {
    output_image = {job.target, job.output_width(), job.output_height(), job.arrangement, 1};
  }
  switch (job.held) {
    case Held::nothing:
      decoded_strip = strip_of(job.rows.pixel, job.rows.width, converts && job.converts_in_decoder ? 1 : job.strips);
      if (converts) {
        converted_strip = strip_of(job.target, job.rows.width, job.converts_in_decoder ? job.strips : 1);
      }
      break;
    case Held::output:
      if (!job.decodes_into_output()) decoded_strip = strip_of(job.rows.pixel, job.rows.width, 1);
      if (converts && turns) converted_strip = strip_of(job.target, job.rows.width, 1);
      break;
    case Held::decoded:
      if (converts) converted_strip = strip_of(job.target, job.output_width(), 1);
      [[fallthrough]];
    case Held::both:
      if (turns && (converts || job.held == Held::decoded)) {
        turned_band = {job.selected.pixel, job.output_width(), job.rows_per_strip, Arrangement::contiguous(), 1};
      }
      break;
  }
}

std::int64_t Buffers::bytes() const {
  return decoded_image.bytes() + output_image.bytes() + decoded_strip.bytes() + turned_band.bytes() +
         converted_strip.bytes();
}

}  // namespace imgbuf::conversion
