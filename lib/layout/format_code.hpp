#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "imgbuf/format.hpp"

namespace imgbuf::layout {

/// What a byte order mark says about the codes that follow it.
struct FormatMode {
  bool has_standard_sizes = false;  ///< `l` has 4 bytes, whatever the platform's `long` has
  ByteOrder order = native_byte_order;
};

/// The mode of one of `@ ^ = < > !`; nothing for another character.
[[nodiscard]] std::optional<FormatMode> format_mode(char mark) noexcept;

/// The format of one code of the `struct` module. @throws Error{unsupported} as `refuse_format` does
[[nodiscard]] Format format_of_code(char code, FormatMode mode, std::string_view pep3118, std::size_t position);

/// A format as messages show it: in quotes, shortened, and without what would break the line.
[[nodiscard]] std::string quoted_format(std::string_view pep3118);

/// Throws Error{unsupported} "position 3: element format '…' <why>".
[[noreturn]] void refuse_format(std::string_view pep3118, std::string_view why, std::size_t position);

}  // namespace imgbuf::layout
