#include "codecs/jpeg/jpeg_progress.hpp"

#include "imgbuf/error.hpp"

namespace imgbuf::codecs::jpeg {

void ProgressMonitor::monitor(j_common_ptr cinfo) {
  // The code does not matter: an exception is kept.
  if (!static_cast<Hook*>(cinfo->progress)->owner->may_go_on(cinfo)) ERREXIT(cinfo, JERR_CANT_SUSPEND);
}

bool ProgressMonitor::may_go_on(j_common_ptr cinfo) noexcept {
  ErrorState& errors = ErrorState::of(cinfo);
  if (errors.is_cancelled()) return false;
  if (cinfo->is_decompressor == FALSE) return true;
  if (reinterpret_cast<j_decompress_ptr>(cinfo)->input_scan_number <= max_scans_) return true;
  try {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(max_scans_) + " scans (max_scans)", place_);
  } catch (...) {
    errors.keep_current_exception();
  }
  return false;
}

}  // namespace imgbuf::codecs::jpeg
