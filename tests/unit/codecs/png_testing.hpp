#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/image_info.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/view.hpp"
#include "imgbuf/writer.hpp"
#include "support/guarded_image.hpp"

namespace imgbuf::test::png {

using Bytes = std::vector<std::byte>;

/// Everything that a PNG's pixels can be, apart from their size.
struct PngKind {
  ColorModel color = ColorModel::gray;
  bool alpha = false;
  int bit_depth = 8;
  bool transparency = false;  ///< a tRNS chunk
  bool interlaced = false;

  [[nodiscard]] std::string name() const;
  /// With a palette of all 2^bit_depth entries.
  [[nodiscard]] ImageInfo info(std::ptrdiff_t height, std::ptrdiff_t width) const;
};

/// All of them: colour types and depths with and without transparency, each straight and interlaced.
std::vector<PngKind> all_png_kinds();

/// The sizes around PNG's edges: bytes of packed samples, Adam7's blocks of 8.
std::span<const std::ptrdiff_t> png_sizes();
/// A size that goes with `png_sizes()[i]` as the other side, so that all sizes meet in both directions.
std::ptrdiff_t other_size(std::size_t i);

/// Encodes a picture with the library, all rows at once.
Bytes encode_png(const ImageInfo& info, const AnyConstView& view, Context& context, const EncodeOptions& options = {});
/// The file of a picture with random pixels, and the pixels as `packed` gives them.
struct RandomPng {
  ImageInfo info;
  Bytes file;
  Bytes pixels;
};
RandomPng random_png(const PngKind& kind, std::ptrdiff_t height, std::ptrdiff_t width, std::uint32_t seed);

std::unique_ptr<Reader> open_bytes(std::span<const std::byte> file, const Limits& limits = {});
/// Decodes with the library into contiguous memory and finishes; the pixels as `packed` gives them.
Bytes decode_png(std::span<const std::byte> file, const DecodeOptions& options = {});
/// Decodes with nothing but libpng: samples below 8 bits in a byte each, 16 bits in native order.
Bytes decode_with_libpng(std::span<const std::byte> file);

/// A file taken apart.
struct PngChunk {
  std::string type;
  Bytes data;
};
std::vector<PngChunk> png_chunks(std::span<const std::byte> file);
/// Signature and chunks with their lengths and CRCs.
Bytes png_from_chunks(std::span<const PngChunk> chunks);
/// The same file with a chunk more, before the first chunk of type `before`.
Bytes with_chunk(std::span<const std::byte> file, const PngChunk& chunk, std::string_view before);
/// Where a chunk of that type begins (its length field).
std::size_t chunk_offset(std::span<const std::byte> file, std::string_view type);

Bytes to_bytes(std::string_view text);

/// A context that keeps what it is told.
struct ListeningContext {
  ListeningContext();
  Context context;
  std::vector<std::string> warnings;
  std::vector<std::int64_t> rows_done;
  std::int64_t rows_total = 0;
};

}  // namespace imgbuf::test::png
