#include "codecs/jpeg/jpeg_sink.hpp"

#include <span>

#include "codecs/jpeg/jpeg_errors.hpp"

namespace imgbuf::codecs::jpeg {

DestinationManager::DestinationManager(Sink& sink) : sink_(sink) {
  hook_.owner = this;
  hook_.init_destination = init;
  hook_.empty_output_buffer = empty_buffer;
  hook_.term_destination = finish;
}

bool DestinationManager::flush(j_compress_ptr cinfo, std::size_t count) noexcept {
  try {
    if (count != 0) sink_.write(std::span(buffer_).first(count));
  } catch (...) {
    ErrorState::of(reinterpret_cast<j_common_ptr>(cinfo)).keep_current_exception();
    return false;
  }
  hook_.next_output_byte = reinterpret_cast<JOCTET*>(buffer_.data());
  hook_.free_in_buffer = buffer_.size();
  return true;
}

void DestinationManager::init(j_compress_ptr cinfo) {
  if (!of(cinfo).flush(cinfo, 0)) ERREXIT(cinfo, JERR_FILE_WRITE);
}

boolean DestinationManager::empty_buffer(j_compress_ptr cinfo) {
  // The whole buffer: libjpeg's own counters are not up to date here.
  if (!of(cinfo).flush(cinfo, of(cinfo).buffer_.size())) ERREXIT(cinfo, JERR_FILE_WRITE);
  return TRUE;
}

void DestinationManager::finish(j_compress_ptr cinfo) {
  const std::size_t used = of(cinfo).buffer_.size() - cinfo->dest->free_in_buffer;
  if (!of(cinfo).flush(cinfo, used)) ERREXIT(cinfo, JERR_FILE_WRITE);
}

}  // namespace imgbuf::codecs::jpeg
