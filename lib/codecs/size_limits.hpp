#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "imgbuf/error.hpp"
#include "imgbuf/limits.hpp"

namespace imgbuf::codecs {

/// Checks the size that a file's header tells before anything is made of it.
/// @pre width, height >= 0
/// @throws Error{limit_exceeded} naming the size, the limit and its value
inline void require_size_within(const Limits& limits, std::int64_t width, std::int64_t height, std::string_view place) {
  const auto require = [&](bool is_within, const char* limit, std::int64_t value) {
    if (is_within) return;
    throw Error(ErrorCode::limit_exceeded,
                "the picture of " + std::to_string(width) + " x " + std::to_string(height) + " passes " + limit + " (" +
                    std::to_string(value) + ")",
                place);
  };
  require(width <= limits.max_width, "max_width", limits.max_width);
  require(height <= limits.max_height, "max_height", limits.max_height);
  // No product that might not fit.
  require(width == 0 || height <= limits.max_pixels / width, "max_pixels", limits.max_pixels);
}

}  // namespace imgbuf::codecs
