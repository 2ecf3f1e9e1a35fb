#pragma once

#include <initializer_list>
#include <string>

namespace imgbuf::cli {

/// For commands that only look at their input. Nothing is refused when either name is a standard stream.
/// @throws Error{invalid_argument} about the output when it is one of the inputs, by whatever name
void require_other_file(const std::string& output, std::initializer_list<std::string> inputs);

/// Replaces a file by a text, whole or not at all. @throws Error{io_failure}
void write_text_file(const std::string& path, const std::string& text);

}  // namespace imgbuf::cli
