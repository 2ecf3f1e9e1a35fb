#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::png {

/// The bytes that a zlib stream holds, or nothing when it is corrupt or does not end.
/// @throws Error{limit_exceeded} when there are more than `max_bytes`; Error{out_of_memory}
[[nodiscard]] std::optional<Blob> inflate(std::span<const std::byte> stream, std::size_t max_bytes);

/// A zlib stream of the bytes.
[[nodiscard]] Blob deflate(std::span<const std::byte> bytes);

}  // namespace imgbuf::codecs::png
