#pragma once

#include <string_view>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// The library's version, "major.minor.patch".
IMGBUF_API std::string_view version() noexcept;

}  // namespace imgbuf
