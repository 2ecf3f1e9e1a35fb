#include <png.h>

#include "codecs/codec.hpp"
#include "codecs/png/png_pixel.hpp"
#include "codecs/png/png_reader.hpp"
#include "codecs/png/png_writer.hpp"

namespace imgbuf::codecs {

namespace {

constexpr std::size_t signature_bytes = 8;

bool recognises(std::span<const std::byte> head) {
  return head.size() >= signature_bytes &&
         png_sig_cmp(reinterpret_cast<png_const_bytep>(head.data()), 0, signature_bytes) == 0;
}

std::unique_ptr<Reader> open(std::unique_ptr<Source> source, const Limits& limits) {
  return std::make_unique<png::PngReader>(std::move(source), limits);
}

std::unique_ptr<Writer> make_writer(Sink& sink, const EncodeOptions& options) {
  return std::make_unique<png::PngWriter>(sink, options);
}

}  // namespace

const Codec& png_codec() {
  static const Codec codec{.info = {.name = "PNG",
                                    .extensions = {"png"},
                                    .can_read = true,
                                    .can_write = true,
                                    .implementation = "libpng",
                                    .element_types = {ElementType::u8, ElementType::u16}},
                           .recognises = recognises,
                           .open = open,
                           .make_writer = make_writer,
                           .can_store = png::can_store,
                           .nearest_storable = png::nearest_storable};
  return codec;
}

}  // namespace imgbuf::codecs
