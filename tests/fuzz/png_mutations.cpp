#include "png_mutations.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace imgbuf::fuzz {

namespace {

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t crc_bytes = 4;
constexpr std::size_t chunk_frame_bytes = 8 + crc_bytes;  // length and type come before the data
constexpr std::size_t max_pixel_bytes = std::size_t{1} << 20;

std::uint32_t read_u32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

void write_u32(std::uint8_t* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

bool is_idat(std::span<const std::uint8_t> chunk) {
  return std::memcmp(chunk.data() + 4, "IDAT", 4) == 0;
}

/// The chunks with their frames, as far as their lengths make sense.
template <class Byte>
std::vector<std::span<Byte>> chunks_of(std::span<Byte> png) {
  std::vector<std::span<Byte>> chunks;
  auto rest = png.subspan(std::min(png.size(), signature_bytes));
  while (rest.size() >= chunk_frame_bytes) {
    const std::size_t bytes = std::size_t{read_u32(rest.data())} + chunk_frame_bytes;
    if (bytes > rest.size()) break;
    chunks.push_back(rest.first(bytes));
    rest = rest.subspan(bytes);
  }
  return chunks;
}

/// As much as can be decompressed.
Bytes decompressed(const Bytes& stream) {
  Bytes out(max_pixel_bytes);
  z_stream z{};
  if (inflateInit(&z) != Z_OK) return {};
  z.next_in = const_cast<Bytef*>(stream.data());
  z.avail_in = static_cast<uInt>(stream.size());
  z.next_out = out.data();
  z.avail_out = static_cast<uInt>(out.size());
  inflate(&z, Z_FINISH);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

Bytes compressed(const Bytes& bytes) {
  uLongf size = compressBound(bytes.size());
  Bytes out(size);
  if (compress2(out.data(), &size, bytes.data(), bytes.size(), 1) != Z_OK) return {};
  out.resize(size);
  return out;
}

/// The file with one IDAT chunk, without its CRC, in place of all.
Bytes with_data(const Bytes& png, std::span<const std::span<const std::uint8_t>> chunks, const Bytes& data) {
  Bytes out(png.begin(), png.begin() + signature_bytes);
  std::size_t used = signature_bytes;
  bool is_written = false;
  for (const auto chunk : chunks) {
    used += chunk.size();
    if (!is_idat(chunk)) {
      out.insert(out.end(), chunk.begin(), chunk.end());
    } else if (!is_written) {
      is_written = true;
      std::uint8_t head[] = {0, 0, 0, 0, 'I', 'D', 'A', 'T'};
      write_u32(head, static_cast<std::uint32_t>(data.size()));
      out.insert(out.end(), std::begin(head), std::end(head));
      out.insert(out.end(), data.begin(), data.end());
      out.resize(out.size() + crc_bytes);
    }
  }
  out.insert(out.end(), png.begin() + static_cast<std::ptrdiff_t>(used), png.end());
  return out;
}

}  // namespace

bool is_png(std::span<const std::uint8_t> file) {
  constexpr std::uint8_t signature[signature_bytes] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  return file.size() >= signature_bytes && std::memcmp(file.data(), signature, signature_bytes) == 0;
}

void repair_png_checksums(Bytes& png) {
  for (const auto chunk : chunks_of(std::span(png))) {
    const auto checked = chunk.subspan(4, chunk.size() - 4 - crc_bytes);
    const uLong crc = crc32_z(0, checked.data(), checked.size());
    write_u32(chunk.data() + chunk.size() - crc_bytes, static_cast<std::uint32_t>(crc));
  }
}

void mutate_png_pixels(Bytes& png) {
  const auto chunks = chunks_of(std::span<const std::uint8_t>(png));
  Bytes stream;
  for (const auto chunk : chunks)
    if (is_idat(chunk)) stream.insert(stream.end(), chunk.begin() + 8, chunk.end() - crc_bytes);
  Bytes pixels = decompressed(stream);
  if (pixels.empty()) return;
  mutate(pixels, pixels.size() + 64);
  png = with_data(png, chunks, compressed(pixels));
}

}  // namespace imgbuf::fuzz
