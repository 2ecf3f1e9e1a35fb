#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace imgbuf::codecs {

inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

/// What stands after the last dot of a path's file name, in lower case; empty when nothing does. A name that only
/// begins with a dot (".profile") has none.
inline std::string file_extension(std::string_view path) {
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  const std::size_t dot = name.find_last_of('.');
  return dot == std::string_view::npos || dot == 0 ? std::string() : lower_case(name.substr(dot + 1));
}

}  // namespace imgbuf::codecs
