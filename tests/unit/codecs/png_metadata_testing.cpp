#include "unit/codecs/png_metadata_testing.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace imgbuf::test::png {

Bytes noise(std::size_t size, unsigned seed) {
  Bytes bytes(size);
  for (auto& byte : bytes) {
    seed = seed * 1664525u + 1013904223u;
    byte = static_cast<std::byte>(seed >> 24);
  }
  return bytes;
}

Blob profile(std::string_view color_space) {
  Blob bytes = noise(3000, 5);
  std::transform(color_space.begin(), color_space.end(), bytes.begin() + 16, [](char c) { return std::byte(c); });
  return bytes;
}

ImageInfo tiny_info(ColorModel color) {
  return PngKind{color, false, 8}.info(2, 2);
}

Bytes tiny_file(const ImageInfo& info, Context& context) {
  const GuardedImage image(Kind::contiguous, info.height, info.width, info.channels(), info.pixel.format);
  return encode_png(info, image.view(), context);
}

Metadata read_metadata(std::span<const std::byte> file, ListeningContext& listening, const Limits& limits) {
  const auto reader = open_bytes(file, limits);
  const ImageInfo info = reader->start({});
  const GuardedImage image(Kind::contiguous, info.height, info.width, info.channels(), info.pixel.format);
  reader->read_rows(image.view(), listening.context);
  reader->finish(listening.context);
  return reader->info().metadata;
}

Metadata read_metadata(std::span<const std::byte> file) {
  ListeningContext listening;
  auto metadata = read_metadata(file, listening);
  CHECK(listening.warnings == std::vector<std::string>{});
  return metadata;
}

Bytes plain_file() {
  Context context;
  return tiny_file(tiny_info(), context);
}

}  // namespace imgbuf::test::png
