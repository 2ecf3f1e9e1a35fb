// Lets the fuzzer past PNG's checksums. After a mutation every chunk's CRC is put right, and some mutations change what
// the IDAT chunks hold compressed, which no random change of compressed bytes would do.

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t chunk_frame_bytes = 12;  // length, type and CRC
constexpr std::size_t max_pixel_bytes = std::size_t{1} << 20;

std::uint32_t read_u32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

void write_u32(std::uint8_t* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

bool is_png(std::span<const std::uint8_t> file) {
  constexpr std::uint8_t signature[signature_bytes] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  return file.size() >= signature_bytes && std::memcmp(file.data(), signature, signature_bytes) == 0;
}

bool is_idat(std::span<const std::uint8_t> chunk) {
  return std::memcmp(chunk.data() + 4, "IDAT", 4) == 0;
}

/// The chunks with their frames, as far as their lengths make sense.
std::vector<std::span<std::uint8_t>> chunks_of(std::span<std::uint8_t> file) {
  std::vector<std::span<std::uint8_t>> chunks;
  std::span<std::uint8_t> rest = file.subspan(signature_bytes);
  while (rest.size() >= chunk_frame_bytes) {
    const std::size_t bytes = std::size_t{read_u32(rest.data())} + chunk_frame_bytes;
    if (bytes > rest.size()) break;
    chunks.push_back(rest.first(bytes));
    rest = rest.subspan(bytes);
  }
  return chunks;
}

void repair_checksum(std::span<std::uint8_t> chunk) {
  const auto checked = chunk.subspan(4, chunk.size() - 8);
  const uLong crc = crc32_z(0, checked.data(), checked.size());
  write_u32(chunk.data() + chunk.size() - 4, static_cast<std::uint32_t>(crc));
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

Bytes with_mutated_pixels(std::span<std::uint8_t> file) {
  const auto chunks = chunks_of(file);
  Bytes stream;
  for (const auto chunk : chunks)
    if (is_idat(chunk)) stream.insert(stream.end(), chunk.begin() + 8, chunk.end() - 4);
  Bytes pixels = decompressed(stream);
  if (pixels.empty()) return {};
  const std::size_t used = pixels.size();
  pixels.resize(used + 64);
  pixels.resize(LLVMFuzzerMutate(pixels.data(), used, pixels.size()));
  const Bytes data = compressed(pixels);

  Bytes out(file.begin(), file.begin() + signature_bytes);
  bool is_written = false;
  std::size_t used_of_file = signature_bytes;
  for (const auto chunk : chunks) {
    used_of_file += chunk.size();
    if (!is_idat(chunk)) {
      out.insert(out.end(), chunk.begin(), chunk.end());
    } else if (!is_written) {
      is_written = true;
      const std::size_t start = out.size();
      out.resize(start + 4);
      write_u32(out.data() + start, static_cast<std::uint32_t>(data.size()));
      out.insert(out.end(), {'I', 'D', 'A', 'T'});
      out.insert(out.end(), data.begin(), data.end());
      out.resize(out.size() + 4);
    }
  }
  out.insert(out.end(), file.begin() + static_cast<std::ptrdiff_t>(used_of_file), file.end());
  return out;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  const bool mutates_pixels = seed % 4 == 1 && is_png({data, size});
  const Bytes changed = mutates_pixels ? with_mutated_pixels({data, size}) : Bytes{};
  if (!changed.empty() && changed.size() <= max_size) {
    std::copy(changed.begin(), changed.end(), data);
    size = changed.size();
  } else {
    size = LLVMFuzzerMutate(data, size, max_size);
  }
  // Wrong checksums are tried as well, but seldom.
  if (seed % 16 != 0 && is_png({data, size}))
    for (const auto chunk : chunks_of({data, size})) repair_checksum(chunk);
  return size;
}
