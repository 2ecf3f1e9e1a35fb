#include "codecs/jpeg/jpeg_errors.hpp"

#include <utility>

#include "imgbuf/error.hpp"

namespace imgbuf::codecs::jpeg {

namespace {

/// libjpeg warns of broken pixel data and goes on with invented pixels; to us that is an error.
bool is_damage(int code) noexcept {
  switch (code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_JPEG_EOF:
      return true;
    default:
      return false;
  }
}

ErrorCode error_code(int code) noexcept {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
      return ErrorCode::out_of_memory;
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
    case JWRN_JPEG_EOF:
      return ErrorCode::truncated_data;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_EMPTY_IMAGE:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_WIDTH_OVERFLOW:
      return ErrorCode::unsupported;
    default:
      return ErrorCode::corrupt_data;
  }
}

/// libjpeg's own words, except where they would not tell a user what is wrong.
std::string reason(int code, int parameter, const char* message) {
  if (code == JERR_BAD_PRECISION)
    return "JPEG of " + std::to_string(parameter) + " bits a sample is not supported, only 8";
  if (code == JERR_SOF_UNSUPPORTED) {
    switch (parameter) {
      case 0xC3:
      case 0xC7:
      case 0xCB:
      case 0xCF:
        return "lossless JPEG is not supported";
      case 0xC5:
      case 0xC6:
      case 0xCD:
      case 0xCE:
        return "hierarchical JPEG is not supported";
      default:
        break;
    }
  }
  return message;
}

}  // namespace

ErrorState::ErrorState() {
  jpeg_std_error(&manager_);
  manager_.error_exit = error_exit;
  manager_.emit_message = emit_message;
  manager_.output_message = output_message;
}

void ErrorState::error_exit(j_common_ptr cinfo) {
  ErrorState& state = of(cinfo);
  cinfo->err->format_message(cinfo, state.message_);
  std::longjmp(state.jump, 1);
}

void ErrorState::emit_message(j_common_ptr cinfo, int level) {
  ErrorState& state = of(cinfo);
  if (level < 0) {
    if (is_damage(cinfo->err->msg_code)) error_exit(cinfo);
    state.note_warning(cinfo);
  } else if (state.markers_left_ >= 0 && state.markers_left_-- == 0) {
    // A trace message: while the header is read there is at least one a marker.
    try {
      throw Error(ErrorCode::limit_exceeded, "too many markers before the pixels");
    } catch (...) {
      state.keep_current_exception();
    }
    error_exit(cinfo);
  }
}

void ErrorState::output_message(j_common_ptr) {}

void ErrorState::note_warning(j_common_ptr cinfo) noexcept {
  const auto code = static_cast<std::size_t>(cinfo->err->msg_code);
  if (code >= seen_.size() || seen_[code]) return;
  seen_.set(code);
  try {
    char text[JMSG_LENGTH_MAX];
    cinfo->err->format_message(cinfo, text);
    warnings_.emplace_back(text);
  } catch (...) {
    // Without memory for a warning there is none.
  }
}

bool ErrorState::is_cancelled() noexcept {
  if (context_ == nullptr || !context_->cancelled()) return false;
  try {
    context_->check_cancelled();
  } catch (...) {
    keep_current_exception();
  }
  return true;
}

void ErrorState::raise(std::string_view place) {
  if (kept_) std::rethrow_exception(std::exchange(kept_, nullptr));
  const int code = manager_.msg_code;
  throw Error(error_code(code), reason(code, manager_.msg_parm.i[0], message_), place);
}

void ErrorState::say_warnings(Context& context, std::string_view place) {
  for (const std::string& warning : std::exchange(warnings_, {})) {
    context.warn(std::string(place) + ": " + warning);
  }
}

}  // namespace imgbuf::codecs::jpeg
