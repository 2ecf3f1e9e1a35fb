#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

std::string message(std::string_view reason, std::string_view place) {
  std::string text;
  if (!place.empty()) text.append(place).append(": ");
  return text.append(reason);
}

}  // namespace

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return "invalid_argument";
    case ErrorCode::invalid_layout:
      return "invalid_layout";
    case ErrorCode::format_mismatch:
      return "format_mismatch";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::corrupt_data:
      return "corrupt_data";
    case ErrorCode::truncated_data:
      return "truncated_data";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
    case ErrorCode::out_of_memory:
      return "out_of_memory";
    case ErrorCode::io_failure:
      return "io_failure";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::copy_required:
      return "copy_required";
  }
  return "unknown";
}

Error::Error(ErrorCode code, std::string_view reason, std::string_view place, int system_error)
    : std::runtime_error(message(reason, place)),
      code_(code),
      reason_(reason),
      place_(place),
      system_error_(system_error) {}

Error Error::within(std::string_view outer) const {
  return Error(code_, reason_, place_.empty() ? std::string(outer) : message(place_, outer), system_error_);
}

Error Error::about(std::string_view file) const {
  const bool names_it = place_ == file || place_.starts_with(std::string(file) + ": ");
  return file.empty() || names_it ? *this : within(file);
}

}  // namespace imgbuf
