#include "convert/job.hpp"

#include "convert/geometry.hpp"

namespace imgbuf::conversion {

namespace {

std::int64_t bytes_of(const ImageInfo& info, std::ptrdiff_t rows, const Arrangement& arrangement) {
  return arranged_bytes(rows, info.width, info.channels(), info.pixel.format, arrangement);
}

}  // namespace

ImageInfo Job::converted_rows() const {
  ImageInfo info;
  info.width = rows.width;
  info.height = rows.height;
  info.pixel = target;
  return info;
}

std::ptrdiff_t Job::output_rows() const noexcept {
  return transposes(orientation) ? rows.width : rows.height;
}

std::int64_t buffer_bytes(const Job& job) {
  const ImageInfo converted = job.converted_rows();
  // The one strip that the pixels are converted from or into. It lies in the file's rows when the decoder converts; on
  // the encoder's side it lies in the rows of the turned picture.
  ImageInfo turned = converted;
  if (transposes(job.orientation)) std::swap(turned.width, turned.height);
  switch (job.held) {
    case Held::nothing: {
      const ImageInfo& slot = job.converter != nullptr && job.converts_in_decoder ? converted : job.rows;
      const ImageInfo& other = job.converts_in_decoder ? job.rows : converted;
      return job.strips * bytes_of(slot, job.rows_per_strip, job.arrangement) +
             (job.converter != nullptr ? bytes_of(other, job.rows_per_strip, job.arrangement) : 0);
    }
    case Held::decoded:
      return bytes_of(job.rows, job.rows.height, job.arrangement) +
             (job.converter != nullptr ? bytes_of(turned, job.rows_per_strip, job.arrangement) : 0);
    case Held::converted:
      return bytes_of(converted, job.rows.height, job.arrangement) +
             bytes_of(job.rows, job.rows_per_strip, job.arrangement);
    case Held::both:
      return bytes_of(job.rows, job.rows.height, job.arrangement) +
             bytes_of(converted, job.rows.height, job.arrangement);
  }
  return 0;
}

}  // namespace imgbuf::conversion
