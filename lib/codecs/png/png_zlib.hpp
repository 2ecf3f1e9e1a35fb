#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "codecs/png/png_chunk.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::png {

/// The bytes that a zlib stream holds, or nothing when it is corrupt or does not end.
/// @throws Error{limit_exceeded} when there are more than `max_bytes`; Error{out_of_memory}
[[nodiscard]] std::optional<Blob> inflate(std::span<const std::byte> stream, std::size_t max_bytes);

/// A chunk's CRC, which runs over type and data (PNG, section 5.5).
[[nodiscard]] std::uint32_t chunk_crc(ChunkType type, std::span<const std::byte> data) noexcept;

/// A zlib stream of the bytes.
[[nodiscard]] Blob deflate(std::span<const std::byte> bytes);

}  // namespace imgbuf::codecs::png
