#include "codecs/png/png_zlib.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "imgbuf/error.hpp"

namespace imgbuf::codecs::png {

namespace {

struct Inflater {
  Inflater() {
    if (inflateInit(&stream) != Z_OK) throw Error(ErrorCode::out_of_memory, "no memory to decompress metadata");
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

constexpr std::size_t max_piece = std::numeric_limits<uInt>::max();

}  // namespace

std::uint32_t chunk_crc(ChunkType type, std::span<const std::byte> data) noexcept {
  const auto letters = chunk_letters(type);
  uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(letters.data()), 4);
  // For zlib no data is a wish to start anew.
  if (!data.empty()) crc = crc32_z(crc, reinterpret_cast<const Bytef*>(data.data()), data.size());
  return static_cast<std::uint32_t>(crc);
}

std::optional<Blob> inflate(std::span<const std::byte> stream, std::size_t max_bytes) {
  Inflater inflater;
  z_stream& z = inflater.stream;
  Blob out;
  std::size_t filled = 0;
  while (true) {
    // One byte more than is allowed, so that a stream of exactly the limit can end and a longer one is noticed.
    if (filled == out.size()) out.resize(std::min(std::max(std::size_t{4096}, filled * 2), max_bytes + 1));
    z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stream.data()));
    z.avail_in = static_cast<uInt>(std::min(stream.size(), max_piece));
    z.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    z.avail_out = static_cast<uInt>(std::min(out.size() - filled, max_piece));
    const auto given = z.avail_in;
    const auto room = z.avail_out;
    const int result = ::inflate(&z, Z_NO_FLUSH);
    stream = stream.subspan(given - z.avail_in);
    filled += room - z.avail_out;
    if (filled > max_bytes) throw Error(ErrorCode::limit_exceeded, "the metadata takes more than max_metadata_bytes");
    if (result == Z_STREAM_END) break;
    if (result == Z_MEM_ERROR) throw Error(ErrorCode::out_of_memory, "no memory to decompress metadata");
    if (result != Z_OK) return std::nullopt;
  }
  out.resize(filled);
  out.shrink_to_fit();
  return out;
}

Blob deflate(std::span<const std::byte> bytes) {
  uLongf size = compressBound(bytes.size());
  Blob out(size);
  if (compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
               bytes.size()) != Z_OK) {
    throw Error(ErrorCode::out_of_memory, "no memory to compress metadata");
  }
  out.resize(size);
  return out;
}

}  // namespace imgbuf::codecs::png
