#pragma once

#include <cstddef>

namespace imgbuf::memory {

/// The bytes that `allocate_shared_segment` takes for so many. @pre bytes <= SIZE_MAX / 2, alignment <= SIZE_MAX / 4 + 1
[[nodiscard]] std::size_t shared_segment_bytes(std::size_t bytes, std::size_t alignment) noexcept;

}  // namespace imgbuf::memory
