#include "unit/convert/convert_testing.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "support/guarded_image.hpp"

namespace imgbuf::test {

namespace {

/// PNG's CRC (ISO 3309), a bit at a time.
std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
  }
  return ~crc;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255U);
  return bytes;
}

}  // namespace

Image random_image(std::ptrdiff_t width, std::ptrdiff_t height, const PixelFormat& pixel) {
  ImageInfo info;
  info.width = width;
  info.height = height;
  info.pixel = pixel;
  if (pixel.color == ColorModel::palette) {
    for (int i = 0; i < 256; ++i) {
      const auto v = static_cast<std::uint8_t>(i);
      info.palette.push_back({v, static_cast<std::uint8_t>(255 - v), static_cast<std::uint8_t>(v ^ 0x55), v});
    }
  }
  const Image image = Image::allocate(info);
  fill_random(image.view(), static_cast<std::uint32_t>(width * 31 + height), pixel.bit_depth);
  return image;
}

Bytes encoded(const Image& image, const std::string& format, const EncodeOptions& options) {
  Bytes bytes;
  Context context;
  const auto sink = Sink::memory(bytes);
  const auto writer = make_writer(format, *sink, options);
  writer->start(image.info(), context);
  writer->write_rows(image.const_view(), context);
  writer->finish(context);
  sink->commit();
  return bytes;
}

Bytes with_late_text(const Bytes& png, const std::string& keyword, const std::string& text) {
  const std::string data = "tEXt" + keyword + '\0' + text;
  const std::string chunk = big_endian(static_cast<std::uint32_t>(data.size() - 4)) + data + big_endian(crc_of(data));
  Bytes result = png;
  constexpr std::ptrdiff_t end_chunk_bytes = 12;
  Bytes inserted(chunk.size());
  std::transform(chunk.begin(), chunk.end(), inserted.begin(), [](char c) { return static_cast<std::byte>(c); });
  result.insert(result.end() - end_chunk_bytes, inserted.begin(), inserted.end());
  return result;
}

Converted convert_bytes(const Bytes& input, const ConvertOptions& options) {
  Converted result;
  Context context;
  context.on_warning = [&](std::string_view line) { result.warnings.emplace_back(line); };
  Conversion conversion(Source::memory(input), options);
  RecordingSink sink;
  result.report = conversion.run(sink, context);
  result.bytes = sink.bytes;
  return result;
}

}  // namespace imgbuf::test
