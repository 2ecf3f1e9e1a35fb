#include "codecs/png/png_late_chunks.hpp"

#include <array>
#include <span>
#include <utility>

#include "codecs/png/png_metadata_read.hpp"
#include "codecs/png/png_zlib.hpp"

namespace imgbuf::codecs::png {

namespace {

constexpr std::size_t crc_bytes = 4;

/// Past the bytes, without reading them where the source can.
bool pass(Source& source, std::uint64_t count) {
  if (!source.is_seekable() || count <= source.buffered().size()) return source.skip(count);
  // The last byte is read, because a file can be sought in beyond its end.
  source.seek(source.position() + count - 1);
  return source.skip(1);
}

/// The next chunk's data and CRC. False when the file ends in it.
bool read_chunk(Source& source, LateChunk& chunk) {
  Blob data(chunk.length);
  std::array<std::byte, crc_bytes> crc{};
  if (source.read(data) < data.size() || source.read(crc) < crc.size()) return false;
  if (chunk_crc(chunk.type, data) == read_u32(crc)) chunk.data = std::move(data);
  return true;
}

}  // namespace

std::optional<std::vector<LateChunk>> find_late_chunks(Source& source, std::uint64_t bytes_left,
                                                       std::int64_t max_bytes) {
  std::vector<LateChunk> chunks;
  if (!pass(source, bytes_left)) return std::nullopt;
  for (std::array<std::byte, 8> header{}; source.read(header) == header.size();) {
    LateChunk chunk{.type = read_u32(std::span(header).subspan(4)), .length = read_u32(header), .data = {}};
    if (chunk.type == chunk_type("IEND")) return chunks;
    const bool is_kept = MetadataReader::keeps(chunk.type);
    if (!is_ancillary(chunk.type)) {
      if (chunk.type != chunk_type("IDAT")) return std::nullopt;
    } else {
      max_bytes -= static_cast<std::int64_t>(sizeof(LateChunk)) + (is_kept ? std::int64_t{chunk.length} : 0);
      if (max_bytes < 0) return std::nullopt;
    }
    if (is_kept ? !read_chunk(source, chunk) : !pass(source, std::uint64_t{chunk.length} + crc_bytes)) {
      return std::nullopt;
    }
    if (is_ancillary(chunk.type)) chunks.push_back(std::move(chunk));
  }
  return std::nullopt;
}

}  // namespace imgbuf::codecs::png
