#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "codecs/stored/stored_picture.hpp"
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
  /// Tells where the elements are, of a format whose files can hold them as they are; else null.
  ParseStored parse = nullptr;
};

const Codec& png_codec();
const Codec& jpeg_codec();
std::span<const Codec> pnm_codecs();
const Codec& bmp_codec();
const Codec& npy_codec();
const Codec& tiff_codec();

/// What a file is by its first bytes. @param head  at most 16 of them are looked at
/// @throws Error{unsupported, truncated_data}, without a place
const Codec& codec_of_content(std::span<const std::byte> head);

}  // namespace imgbuf::codecs
