#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace imgbuf::cli {

namespace {

/// POSIX: the first of these that is set and not empty says the locale.
bool is_utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale(value);
    for (const std::string_view spelling : {"UTF-8", "utf-8", "UTF8", "utf8"})
      if (locale.find(spelling) != std::string::npos) return true;
    return false;
  }
  return false;
}

}  // namespace

Terminal Terminal::of_standard_output() {
  Terminal terminal;
  if (::isatty(STDOUT_FILENO) == 0) return terminal;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.columns = size.ws_col;
  terminal.has_unicode = is_utf8_locale();
  // https://no-color.org
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const name = std::getenv("TERM");
  terminal.has_color =
      (no_color == nullptr || *no_color == '\0') && name != nullptr && std::string_view(name) != "dumb";
  return terminal;
}

}  // namespace imgbuf::cli
