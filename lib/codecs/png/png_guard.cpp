#include "codecs/png/png_guard.hpp"

#include <algorithm>

namespace imgbuf::codecs::png {

void Trouble::keep_exception() noexcept {
  if (!exception_) exception_ = std::current_exception();
}

void Trouble::keep_message(const char* message) noexcept {
  const std::string_view text = message;
  const auto size = std::min(text.size(), message_.size() - 1);
  std::copy_n(text.data(), size, message_.data());
  message_[size] = '\0';
}

void Trouble::keep_warning(std::string_view line) noexcept {
  if (warnings_.size() > max_warnings) return;
  try {
    warnings_.emplace_back(warnings_.size() < max_warnings ? line : "more of the file is odd than is listed here");
  } catch (...) {
    // Without memory for the line, losing it is all that can be done.
  }
}

void Trouble::say_warnings(const Context& context, std::string_view prefix) {
  std::vector<std::string> lines;
  lines.swap(warnings_);
  for (const auto& line : lines) context.warn(std::string(prefix) + line);
}

void Trouble::raise(ErrorCode code, std::string_view place) const {
  if (exception_) std::rethrow_exception(exception_);
  const std::string_view text = message();
  if (text == "Out of memory" || text == "Insufficient memory" || text.ends_with("insufficient memory")) {
    code = ErrorCode::out_of_memory;
  }
  throw Error(code, text, place);
}

void on_error(png_structp png, png_const_charp message) {
  static_cast<Trouble*>(png_get_error_ptr(png))->keep_message(message);
  png_longjmp(png, 1);
}

void on_warning(png_structp png, png_const_charp message) {
  static_cast<Trouble*>(png_get_error_ptr(png))->keep_warning(message);
}

}  // namespace imgbuf::codecs::png
