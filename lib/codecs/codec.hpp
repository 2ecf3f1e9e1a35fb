#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "imgbuf/reader.hpp"
#include "imgbuf/writer.hpp"

namespace imgbuf::codecs {

/// One file format: what the registry asks of it.
struct Codec {
  CodecInfo info;
  /// Whether a file that begins with `head` (at most 16 bytes, fewer for shorter files) is of this format.
  bool (*recognises)(std::span<const std::byte> head);
  std::unique_ptr<Reader> (*open)(std::unique_ptr<Source> source, const Limits& limits);
  std::unique_ptr<Writer> (*make_writer)(Sink& sink, const EncodeOptions& options);
  bool (*can_store)(const ImageInfo& info);
  PixelFormat (*nearest_storable)(const ImageInfo& info);
};

const Codec& png_codec();
const Codec& jpeg_codec();

}  // namespace imgbuf::codecs
