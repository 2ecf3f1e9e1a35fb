#pragma once

#include <cstddef>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::memory {

/// @throws Error{invalid_argument} unless `alignment` is a power of two
inline void require_alignment(std::size_t alignment) {
  if (alignment == 0 || (alignment & (alignment - 1)) != 0)
    throw Error(ErrorCode::invalid_argument, "an alignment of " + std::to_string(alignment) + " is no power of two");
}

}  // namespace imgbuf::memory
