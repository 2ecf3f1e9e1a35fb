#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// What kind of thing went wrong. The message says which one and where.
enum class ErrorCode {
  invalid_argument,  ///< the caller asked for something that has no meaning (an axis out of range, a negative extent)
  invalid_layout,    ///< a layout whose count or span does not fit, or that leaves its storage
  format_mismatch,   ///< a typed access to elements of another type, byte order or alignment
  unsupported,       ///< meaningful, but this codec, format or platform cannot do it
  corrupt_data,      ///< the file breaks its own format
  truncated_data,    ///< the file ends too early
  limit_exceeded,    ///< a `Limits` value would be passed
  out_of_memory,     ///< the system gave no memory
  io_failure,        ///< reading or writing failed; the message carries the system's reason
  cancelled,         ///< the caller's `Context` asked to stop
  copy_required,     ///< pixels would have to be copied, and the caller does not allow it
};

/// The name of a code as it appears in messages and JSON, such as "corrupt_data".
IMGBUF_API std::string_view to_string(ErrorCode code) noexcept;

/// The one exception of the library. `what()` is a single line: "place: reason" when a place is known.
class IMGBUF_API Error : public std::runtime_error {
 public:
  /// @param place         the file, and the row, axis or byte inside it, as far as known; may be empty
  /// @param system_error  the `errno` of the system call that failed; 0 when none did
  Error(ErrorCode code, std::string_view reason, std::string_view place = {}, int system_error = 0);

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  /// The `errno` of the system call that failed, which `reason` has in words; 0 when none did.
  [[nodiscard]] int system_error() const noexcept { return system_error_; }

  /// The same error with `outer` before its place: "photo.png: row 3: …".
  [[nodiscard]] Error within(std::string_view outer) const;

  /// The same error within `file`, unless its place begins with that name already.
  [[nodiscard]] Error about(std::string_view file) const;

 private:
  ErrorCode code_;
  std::string reason_;
  std::string place_;
  int system_error_ = 0;
};

}  // namespace imgbuf
