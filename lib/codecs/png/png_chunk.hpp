#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::png {

/// A chunk's type as the number its four letters spell in the file.
using ChunkType = std::uint32_t;

constexpr ChunkType chunk_type(const char (&letters)[5]) noexcept {
  ChunkType type = 0;
  for (int i = 0; i < 4; ++i) type = type << 8 | static_cast<unsigned char>(letters[i]);
  return type;
}

constexpr std::array<char, 5> chunk_letters(ChunkType type) noexcept {
  return {static_cast<char>(type >> 24), static_cast<char>(type >> 16 & 0xff), static_cast<char>(type >> 8 & 0xff),
          static_cast<char>(type & 0xff), '\0'};
}

/// The type's letters; what is no letter appears as '?'.
inline std::string chunk_name(ChunkType type) {
  std::string name;
  for (int i = 0; i < 4; ++i) {
    const char c = chunk_letters(type)[static_cast<std::size_t>(i)];
    name += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? c : '?';
  }
  return name;
}

/// Whether a decoder may go on without understanding the chunk (PNG, section 5.4: bit 5 of the first letter).
constexpr bool is_ancillary(ChunkType type) noexcept {
  return (type >> 29 & 1) != 0;
}

/// A chunk to write.
struct Chunk {
  ChunkType type = 0;
  Blob data = {};
};

/// PNG's integers: 4 bytes, most significant first. @pre bytes.size() >= 4
inline std::uint32_t read_u32(std::span<const std::byte> bytes) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

inline void append_u32(Blob& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift & 0xff));
}

inline void append(Blob& out, std::span<const std::byte> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

inline void append(Blob& out, std::string_view text) {
  append(out, std::as_bytes(std::span(text)));
}

/// Whether bytes begin as PNG wants its EXIF to: with the byte order mark of a TIFF structure (PNG, section 11.3.4.4).
inline bool has_byte_order_mark(std::span<const std::byte> exif) noexcept {
  if (exif.size() < 4) return false;
  const std::uint32_t mark = read_u32(exif);
  return mark == 0x49492A00 || mark == 0x4D4D002A;
}

}  // namespace imgbuf::codecs::png
