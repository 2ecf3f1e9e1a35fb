#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "codecs/png/png_chunk.hpp"
#include "codecs/png/png_guard.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::png {

/// Makes metadata of a file's ancillary chunks, in the order in which they come. The chunks are read here and not by
/// libpng, so that blobs stay as they are in the file: libpng refuses ICC profiles that it finds odd, and adds gamma
/// and chromaticities to files that only say sRGB.
class MetadataReader {
 public:
  /// @param metadata  is filled; outlives the reader, as does `trouble`, which is told what is left out
  MetadataReader(Metadata& metadata, std::int64_t max_bytes, Trouble& trouble)
      : metadata_(metadata), bytes_left_(std::max(max_bytes, std::int64_t{0})), trouble_(trouble) {}

  /// A chunk begins.
  /// @throws Error{limit_exceeded} when it is one to keep and longer than what may still be kept
  void begin(ChunkType type, std::uint32_t length);
  /// An ancillary chunk, whole and with a correct CRC.
  /// @throws Error{limit_exceeded}
  void take(ChunkType type, std::span<const std::byte> data);
  /// An ancillary chunk whose CRC is wrong: it is left out.
  void leave_out(ChunkType type);
  /// Whether chunks of a type are metadata that is kept.
  [[nodiscard]] static bool keeps(ChunkType type) noexcept;
  /// All metadata is known: what comes is left alone.
  void close() noexcept { is_closed_ = true; }
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
  /// The chunk that was begun last.
  [[nodiscard]] ChunkType current() const noexcept { return current_; }

 private:
  void take_color_space(ChunkType type, std::span<const std::byte> data);
  bool take_profile(std::span<const std::byte> data);
  bool take_text(ChunkType type, std::span<const std::byte> data);
  bool take_raw_profile(const TextEntry& entry);
  void list_not_carried(const std::string& chunk);
  void malformed(ChunkType type);
  void duplicate(ChunkType type);
  void charge(std::size_t bytes);

  Metadata& metadata_;
  std::int64_t bytes_left_;
  Trouble& trouble_;
  ChunkType current_ = 0;
  bool has_raw_exif_ = false;  ///< a text held EXIF, no chunk of its own
  bool after_pixels_ = false;
  bool is_closed_ = false;
};

}  // namespace imgbuf::codecs::png
