#include "messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace imgbuf::cli {

namespace {

void print_line(const std::string& line) {
  // In one write, so that lines of programs that share the stream do not mix.
  const std::string text = printable(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

bool is_standard_stream(std::string_view name) noexcept {
  return name == "-";
}

std::string printable(std::string_view text) {
  std::string shown(text);
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return shown;
}

void print_error(std::string_view text) {
  print_line(fmt::format("imgbuf: {}", text));
}

void print_error(std::string_view file, const Error& error, std::string_view other) {
  const auto names = [&error](std::string_view name) {
    return !name.empty() && (error.place() == name || error.place().starts_with(fmt::format("{}: ", name)));
  };
  print_error(names(other) ? error.what() : error.about(file).what());
}

void print_warning(std::string_view file, std::string_view text) {
  const std::string place = fmt::format("{}: ", file);
  if (text.starts_with(place)) text.remove_prefix(place.size());  // codecs name the file that they read
  print_line(fmt::format("imgbuf: warning: {}: {}", file, text));
}

bool print_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return true;
  print_error("standard output: cannot write: " + std::generic_category().message(errno));
  return false;
}

}  // namespace imgbuf::cli
