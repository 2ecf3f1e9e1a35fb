#include "codecs/jpeg/jpeg_source.hpp"

#include <algorithm>

#include "codecs/jpeg/jpeg_errors.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::jpeg {

namespace {

constexpr std::size_t header_window = 64 * 1024;
// Large enough that libjpeg's slower path at the end of a window does not matter.
constexpr std::size_t pixel_window = 1024 * 1024;

}  // namespace

SourceManager::SourceManager(Source& source) : hook_{}, source_(source) {
  hook_.owner = this;
  hook_.init_source = nothing;
  hook_.fill_input_buffer = fill;
  hook_.skip_input_data = skip;
  hook_.resync_to_restart = jpeg_resync_to_restart;
  hook_.term_source = finish;
}

void SourceManager::limit_header(std::int64_t bytes) noexcept {
  in_header_ = true;
  header_bytes_left_ = bytes;
}

void SourceManager::end_header() noexcept {
  in_header_ = false;
}

void SourceManager::spend_header_bytes(std::size_t count) {
  if (!in_header_) return;
  header_bytes_left_ -= static_cast<std::int64_t>(count);
  if (header_bytes_left_ < 0) {
    throw Error(ErrorCode::limit_exceeded, "the header is larger than max_metadata_bytes allows", source_.name());
  }
}

void SourceManager::release_window() noexcept {
  source_.consume(window_bytes_ - hook_.bytes_in_buffer);
  window_bytes_ = 0;
  hook_.next_input_byte = nullptr;
  hook_.bytes_in_buffer = 0;
}

bool SourceManager::next_window(j_decompress_ptr cinfo) noexcept {
  auto& errors = ErrorState::of(reinterpret_cast<j_common_ptr>(cinfo));
  if (errors.is_cancelled()) return false;
  try {
    spend_header_bytes(window_bytes_);
    hook_.bytes_in_buffer = 0;  // libjpeg counts in variables of its own and asks when nothing is left
    release_window();
    auto bytes = source_.buffered();
    if (bytes.empty()) bytes = source_.fill();
    window_bytes_ = std::min(bytes.size(), in_header_ ? header_window : pixel_window);
    hook_.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
    hook_.bytes_in_buffer = window_bytes_;
    return window_bytes_ != 0;
  } catch (...) {
    errors.keep_current_exception();
    return false;
  }
}

bool SourceManager::skip_beyond_window(j_decompress_ptr cinfo, std::size_t count) noexcept {
  try {
    spend_header_bytes(window_bytes_ + count);
    hook_.bytes_in_buffer = 0;
    release_window();
    return source_.skip(count);
  } catch (...) {
    ErrorState::of(reinterpret_cast<j_common_ptr>(cinfo)).keep_current_exception();
    return false;
  }
}

boolean SourceManager::fill(j_decompress_ptr cinfo) {
  if (!of(cinfo).next_window(cinfo)) ERREXIT(cinfo, JERR_INPUT_EOF);
  return TRUE;
}

void SourceManager::skip(j_decompress_ptr cinfo, long count) {
  if (count <= 0) return;
  const auto bytes = static_cast<std::size_t>(count);
  jpeg_source_mgr& manager = *cinfo->src;
  if (bytes <= manager.bytes_in_buffer) {
    manager.next_input_byte += bytes;
    manager.bytes_in_buffer -= bytes;
  } else if (!of(cinfo).skip_beyond_window(cinfo, bytes - manager.bytes_in_buffer)) {
    ERREXIT(cinfo, JERR_INPUT_EOF);
  }
}

void SourceManager::finish(j_decompress_ptr cinfo) {
  of(cinfo).release_window();
}

}  // namespace imgbuf::codecs::jpeg
