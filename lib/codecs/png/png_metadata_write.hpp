#pragma once

#include <vector>

#include "codecs/png/png_chunk.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::codecs::png {

/// Metadata as chunks, by where PNG wants them.
struct MetadataChunks {
  std::vector<Chunk> before_palette;  ///< what tells the colour space
  std::vector<Chunk> before_pixels;
};

/// The chunks of a picture's metadata. What PNG cannot hold, or the reader did not carry, is said as a warning, a line
/// each.
[[nodiscard]] MetadataChunks make_metadata_chunks(const ImageInfo& info, const Context& context);

}  // namespace imgbuf::codecs::png
