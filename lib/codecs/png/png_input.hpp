#pragma once

#include <png.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "codecs/png/png_guard.hpp"
#include "codecs/png/png_metadata_read.hpp"
#include "imgbuf/source.hpp"

namespace imgbuf::codecs::png {

/// What libpng reads from: a source, whose ancillary chunks are handed to a metadata reader on the way.
class Input {
 public:
  /// All outlive the input.
  Input(Source& source, MetadataReader& metadata, Trouble& trouble)
      : source_(source), metadata_(metadata), trouble_(trouble) {}

  /// Makes this the input of a read struct, which must not outlive it. @pre called inside `guarded`
  void connect(png_structp png) noexcept;

  /// Whether libpng asked for bytes after the end of the source.
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }
  /// What is left of the chunk that libpng is in, its CRC included.
  [[nodiscard]] std::uint64_t chunk_bytes_left() const noexcept { return chunk_bytes_left_; }
  /// The chunk that libpng is in.
  [[nodiscard]] ChunkType current_chunk() const noexcept { return metadata_.current(); }

 private:
  static void on_read(png_structp png, png_bytep out, std::size_t size);
  static int on_chunk(png_structp png, png_unknown_chunkp chunk);

  [[nodiscard]] bool read(std::uint32_t io_state, std::span<std::byte> out) noexcept;
  [[nodiscard]] bool take_chunk(const png_unknown_chunk& chunk) noexcept;
  [[nodiscard]] bool keep_errors(auto&& action) noexcept;

  Source& source_;
  MetadataReader& metadata_;
  Trouble& trouble_;
  std::array<std::byte, 4> crc_{};  ///< of the chunk that was read last
  std::uint64_t chunk_bytes_left_ = 0;
  bool has_ended_ = false;
};

}  // namespace imgbuf::codecs::png
