#pragma once

#include <string>
#include <string_view>

#include "imgbuf/error.hpp"

namespace imgbuf::cli {

/// What the program says with its exit status.
enum ExitCode : int { done = 0, failed = 1, wrong_usage = 2 };

/// "-" is standard input or output.
[[nodiscard]] bool is_standard_stream(std::string_view name) noexcept;

/// One line on standard error: "imgbuf: text". Control characters become '?', so that it stays one line.
void print_error(std::string_view text);
/// The same for an error about a file, which is named once: "imgbuf: FILE: reason".
/// @param other  a second file that the error may be about
void print_error(std::string_view file, const Error& error, std::string_view other = {});
/// "imgbuf: warning: FILE: text".
void print_warning(std::string_view file, std::string_view text);

/// Text with control characters shown as '?'.
[[nodiscard]] std::string printable(std::string_view text);

/// Writes to standard output. Returns false, after an error on standard error, when that fails.
[[nodiscard]] bool print_output(std::string_view text);

}  // namespace imgbuf::cli
