#pragma once

#include <cstddef>

#include "imgbuf/reader.hpp"

namespace imgbuf::codecs {

/// @throws Error{invalid_argument} unless a region has pixels and all of them are in a picture of this size
void require_inside(const Region& region, std::ptrdiff_t width, std::ptrdiff_t height);

}  // namespace imgbuf::codecs
