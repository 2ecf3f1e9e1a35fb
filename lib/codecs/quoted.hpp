#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace imgbuf::codecs {

/// What stands in a file, for a message: between quotes, of long texts the beginning alone. Files hold anything; a
/// message is one line that any terminal and any decoder of UTF-8 can take, so that bytes that are no printable ASCII
/// become question marks.
[[nodiscard]] inline std::string quoted(std::string_view text) {
  constexpr std::size_t most = 32;
  std::string shown(text.substr(0, most));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return "'" + shown + (text.size() > most ? "...'" : "'");
}

}  // namespace imgbuf::codecs
