#include "convert/strip_stages.hpp"

#include <utility>

namespace imgbuf::conversion {

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
  const Buffers buffers(job);
  slot_ = converts_in_decoder() ? buffers.converted_strip : buffers.decoded_strip;
  if (converts_in_decoder()) private_strip_ = buffers.decoded_strip.allocate();
  if (converts_in_encoder()) private_strip_ = buffers.converted_strip.allocate();
}

void StripStages::fill(const Image& slot, std::ptrdiff_t rows, Context& context) const {
  if (!converts_in_decoder()) {
    job_.reader->read_rows(slot.view().window(0, 0, rows), context);
    return;
  }
  job_.reader->read_rows(private_strip_.view().window(0, 0, rows), context);
  convert_pixels(job_, slot.view().window(0, 0, rows), job_.seen(private_strip_.const_view().window(0, 0, rows)),
                 context);
}

void StripStages::drain(const Image& slot, std::ptrdiff_t rows, Writer& writer, Context& context) const {
  const AnyConstView filled = slot.const_view().window(0, 0, rows);
  if (converts_in_decoder()) {
    writer.write_rows(filled, context);
  } else if (converts_in_encoder()) {
    const AnyView converted = private_strip_.view().window(0, 0, rows);
    convert_pixels(job_, converted, job_.seen(filled), context);
    writer.write_rows(converted, context);
  } else {
    writer.write_rows(job_.seen(filled), context);
  }
}

}  // namespace imgbuf::conversion
