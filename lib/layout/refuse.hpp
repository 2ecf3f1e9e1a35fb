#pragma once

#include <string>
#include <string_view>

#include "imgbuf/error.hpp"

namespace imgbuf::layout {

/// Throws an `Error` whose place is an axis.
[[noreturn]] inline void refuse(ErrorCode code, std::string_view reason, int axis) {
  throw Error(code, reason, "axis " + std::to_string(axis));
}

}  // namespace imgbuf::layout
