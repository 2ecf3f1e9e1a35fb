#include "convert/strip_stages.hpp"

#include <utility>

#include "convert/geometry.hpp"

namespace imgbuf::conversion {

Image allocate_rows(const ImageInfo& info, std::ptrdiff_t rows, const Arrangement& arrangement) {
  ImageInfo strip;
  strip.width = info.width;
  strip.height = rows;
  strip.pixel = info.pixel;
  return Image::allocate(std::move(strip), arrangement);
}

void convert_pixels(const Job& job, const AnyView& destination, const AnyConstView& source, Context& context) {
  job.converter->convert(destination, source, context);
  context.count_scratch_bytes(destination.layout().element_count() * destination.format().itemsize());
}

SideContext::SideContext(Context& whole, std::function<void(std::string_view)> warn)
    : part(Context::PartOf{whole}), whole_(whole) {
  part.on_warning = std::move(warn);
}

SideContext::~SideContext() {
  whole_.count_scratch_bytes(part.scratch_bytes());
}

StripStages::StripStages(const Job& job) : job_(job) {
  if (converts_in_decoder()) private_strip_ = allocate_rows(job.rows, job.rows_per_strip, job.arrangement);
  if (converts_in_encoder()) {
    private_strip_ = allocate_rows(job.converted_rows(), job.rows_per_strip, job.arrangement);
  }
}

Image StripStages::allocate_slot() const {
  return allocate_rows(converts_in_decoder() ? job_.converted_rows() : job_.rows, job_.rows_per_strip,
                       job_.arrangement);
}

void StripStages::fill(const Image& slot, std::ptrdiff_t rows, Context& context) const {
  if (!converts_in_decoder()) {
    job_.reader->read_rows(slot.view().window(0, 0, rows), context);
    return;
  }
  job_.reader->read_rows(private_strip_.view().window(0, 0, rows), context);
  convert_pixels(job_, slot.view().window(0, 0, rows),
                 oriented(private_strip_.const_view().window(0, 0, rows), job_.orientation), context);
}

void StripStages::drain(const Image& slot, std::ptrdiff_t rows, Writer& writer, Context& context) const {
  const AnyConstView filled = slot.const_view().window(0, 0, rows);
  if (converts_in_decoder()) {
    writer.write_rows(filled, context);
  } else if (converts_in_encoder()) {
    const AnyView converted = private_strip_.view().window(0, 0, rows);
    convert_pixels(job_, converted, oriented(filled, job_.orientation), context);
    writer.write_rows(converted, context);
  } else {
    writer.write_rows(oriented(filled, job_.orientation), context);
  }
}

}  // namespace imgbuf::conversion
