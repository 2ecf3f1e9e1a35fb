#include "damage.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string_view>

#include "noise.hpp"

namespace imgbuf::samples {

namespace {

constexpr std::size_t png_signature_bytes = 8;

/// PNG specification, annex D: the checksum of ISO 3309.
std::uint32_t crc(std::span<const std::byte> bytes) noexcept {
  std::uint32_t value = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    value ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320 : value >> 1;
  }
  return ~value;
}

std::size_t big_endian(std::span<const std::byte> bytes, std::size_t count) noexcept {
  std::size_t value = 0;
  for (const std::byte byte : bytes.first(count)) value = value << 8 | std::to_integer<std::size_t>(byte);
  return value;
}

void put_u32(std::span<std::byte> out, std::uint32_t value) noexcept {
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

/// The first chunk of pixels.
struct PixelChunk {
  std::size_t start = 0;  ///< of its type; its data begin 4 bytes later
  std::size_t size = 0;   ///< of its data
};

PixelChunk find_idat(std::span<const std::byte> file) {
  for (std::size_t at = png_signature_bytes; at + 12 <= file.size();) {
    const std::size_t size = big_endian(file.subspan(at), 4);
    if (big_endian(file.subspan(at + 4), 4) == 0x49444154) return {at + 4, size};
    at += size + 12;
  }
  throw std::runtime_error("a PNG without IDAT");
}

/// Where the coded pixels of a JPEG's first scan begin.
std::size_t find_scan(std::span<const std::byte> file) {
  for (std::size_t at = 2; at + 4 <= file.size();) {
    const std::size_t size = big_endian(file.subspan(at + 2), 2);
    if (file[at + 1] == std::byte{0xDA}) return at + 2 + size;
    at += 2 + size;
  }
  throw std::runtime_error("a JPEG without a scan");
}

std::size_t middle(std::size_t first, std::size_t last) noexcept {
  return first + (last - first) / 2;
}

}  // namespace

Bytes truncated_png(Bytes file) {
  const PixelChunk idat = find_idat(file);
  file.resize(middle(idat.start, idat.start + idat.size));
  return file;
}

Bytes truncated_jpeg(Bytes file) {
  file.resize(middle(find_scan(file), file.size()));
  return file;
}

Bytes png_with_wrong_crc(Bytes file) {
  const PixelChunk idat = find_idat(file);
  file[idat.start + 4 + idat.size] ^= std::byte{0x01};
  return file;
}

Bytes png_with_damaged_pixels(Bytes file) {
  const PixelChunk idat = find_idat(file);
  const std::size_t damage = middle(idat.start + 4, idat.start + 4 + idat.size);
  for (std::size_t i = 0; i < 64; ++i)
    file[damage + i] = static_cast<std::byte>(hash(static_cast<std::int64_t>(i), 0, 0, 501) & 0xFF);
  const auto chunk = std::span(file).subspan(idat.start, 4 + idat.size + 4);
  put_u32(chunk.last(4), crc(chunk.first(4 + idat.size)));
  return file;
}

Bytes jpeg_with_invalid_code(Bytes file) {
  std::size_t at = middle(find_scan(file), file.size());
  // Not between an FF and the 00 that belongs to it.
  while (file[at - 1] == std::byte{0xFF}) ++at;
  // Ones only: no Huffman code of JPEG is that, however it is cut (ITU-T T.81, section C.2).
  for (std::size_t i = 0; i < 16; ++i) file[at + i] = std::byte{i % 2 == 0 ? std::uint8_t{0xFF} : std::uint8_t{0x00}};
  return file;
}

Bytes png_of_absurd_size() {
  Bytes file;
  const auto put = [&file](std::initializer_list<std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) file.push_back(std::byte{byte});
  };
  const auto chunk = [&](std::uint8_t size, std::initializer_list<std::uint8_t> type_and_data) {
    put({0, 0, 0, size});
    const std::size_t start = file.size();
    put(type_and_data);
    const std::uint32_t checksum = crc(std::span(file).subspan(start));
    file.resize(file.size() + 4);
    put_u32(std::span(file).last(4), checksum);
  };
  put({0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A});
  chunk(13, {'I', 'H', 'D', 'R', 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8, 2, 0, 0, 0});
  // A zlib stream of no bytes.
  chunk(11, {'I', 'D', 'A', 'T', 0x78, 0x01, 0x01, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01});
  chunk(0, {'I', 'E', 'N', 'D'});
  return file;
}

}  // namespace imgbuf::samples
