#pragma once

#include <span>
#include <string_view>

#include "unit/codecs/png_testing.hpp"

namespace imgbuf::test::png {

/// The same bytes for the same seed, without a pattern.
Bytes noise(std::size_t size, unsigned seed);
/// No valid profile but for the name of its colour space, four characters.
Blob profile(std::string_view color_space);

/// A picture of 2 x 2 pixels of 8 bits.
ImageInfo tiny_info(ColorModel color = ColorModel::rgb);
Bytes tiny_file(const ImageInfo& info, Context& context);
/// Without metadata.
Bytes plain_file();

/// What a reader tells after the last row.
Metadata read_metadata(std::span<const std::byte> file, ListeningContext& listening, const Limits& limits = {});
/// The same of a file that gives no warning.
Metadata read_metadata(std::span<const std::byte> file);

}  // namespace imgbuf::test::png
