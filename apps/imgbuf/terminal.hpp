#pragma once

#include <cstddef>

namespace imgbuf::cli {

/// What standard output can show.
struct Terminal {
  std::size_t columns = 80;  ///< 80 where it is no terminal
  bool has_unicode = false;  ///< a terminal of a UTF-8 locale
  bool has_color = false;    ///< a terminal, unless NO_COLOR is set or TERM is "dumb"

  /// As standard output and the environment are now.
  [[nodiscard]] static Terminal of_standard_output();
};

}  // namespace imgbuf::cli
