#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codecs/png/png_chunk.hpp"
#include "imgbuf/source.hpp"

namespace imgbuf::codecs::png {

/// An ancillary chunk behind the pixels.
struct LateChunk {
  ChunkType type = 0;
  std::uint32_t length = 0;
  std::optional<Blob> data;  ///< of a kind that is kept; nothing when its CRC is wrong
};

/// Follows the lengths of chunks to IEND, without decoding pixels, and collects the ancillary ones behind them.
/// @param source      stands inside an IDAT chunk; is left anywhere
/// @param bytes_left  of that chunk, its CRC included
/// @return nothing when the file ends or breaks on the way, or when it has more than `max_bytes` of such chunks
/// @throws Error{io_failure}
[[nodiscard]] std::optional<std::vector<LateChunk>> find_late_chunks(Source& source, std::uint64_t bytes_left,
                                                                     std::int64_t max_bytes);

}  // namespace imgbuf::codecs::png
