#include "codecs/codec.hpp"
#include "codecs/jpeg/jpeg_reader.hpp"
#include "codecs/jpeg/jpeg_writer.hpp"

namespace imgbuf::codecs {

namespace {

bool recognises(std::span<const std::byte> head) {
  // SOI, and the first byte of the marker that must follow it.
  return head.size() >= 3 && head[0] == std::byte{0xFF} && head[1] == std::byte{0xD8} && head[2] == std::byte{0xFF};
}

std::unique_ptr<Reader> open(std::unique_ptr<Source> source, const Limits& limits) {
  return std::make_unique<jpeg::JpegReader>(std::move(source), limits);
}

std::unique_ptr<Writer> make_writer(Sink& sink, const EncodeOptions& options) {
  return std::make_unique<jpeg::JpegWriter>(sink, options);
}

PixelFormat nearest_storable(const ImageInfo& info) {
  const ColorModel color = info.pixel.color == ColorModel::palette ? ColorModel::rgb : info.pixel.color;
  return PixelFormat::of(ElementType::u8, color);
}

bool can_store(const ImageInfo& info) {
  return info.pixel == nearest_storable(info) && !info.transparent_color;
}

}  // namespace

const Codec& jpeg_codec() {
  static const Codec codec{.info = {.name = "JPEG",
                                    .extensions = {"jpg", "jpeg", "jpe", "jfif"},
                                    .can_read = true,
                                    .can_write = true,
                                    .implementation = "libjpeg-turbo",
                                    .element_types = {ElementType::u8}},
                           .recognises = recognises,
                           .open = open,
                           .make_writer = make_writer,
                           .can_store = can_store,
                           .nearest_storable = nearest_storable};
  return codec;
}

}  // namespace imgbuf::codecs
