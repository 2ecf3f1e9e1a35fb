#include "codecs/codec.hpp"
#include "codecs/stored/stored_reader.hpp"
#include "codecs/stored/stored_writer.hpp"
#include "codecs/tiff/tiff_form.hpp"
#include "codecs/tiff/tiff_picture.hpp"

namespace imgbuf::codecs {

namespace {

bool recognises(std::span<const std::byte> head) {
  if (head.size() < 4) return false;
  const auto is = [head](char first, char second, char third, char fourth) {
    return head[0] == static_cast<std::byte>(first) && head[1] == static_cast<std::byte>(second) &&
           head[2] == static_cast<std::byte>(third) && head[3] == static_cast<std::byte>(fourth);
  };
  return is('I', 'I', 42, 0) || is('I', 'I', 43, 0) || is('M', 'M', 0, 42) || is('M', 'M', 0, 43);
}

std::unique_ptr<Reader> open(std::unique_ptr<Source> source, const Limits& limits) {
  return std::make_unique<StoredReader>(std::move(source), limits, tiff::parse, true);
}

std::unique_ptr<Writer> make_writer(Sink& sink, const EncodeOptions& options) {
  return std::make_unique<StoredWriter>(sink, options,
                                        StoredWriter::Store{.name = "TIFF",
                                                            .can_store = tiff::can_store,
                                                            .nearest_storable = tiff::nearest_storable,
                                                            .make_form = tiff::make_form});
}

}  // namespace

const Codec& tiff_codec() {
  using enum ElementType;
  static const Codec codec{.info = {.name = "TIFF",
                                    .extensions = {"tif", "tiff"},
                                    .can_read = true,
                                    .can_write = true,
                                    .implementation = "imgbuf",
                                    .can_map = true,
                                    .element_types = {u8, i8, u16, i16, u32, i32, f16, f32, f64}},
                           .recognises = recognises,
                           .open = open,
                           .make_writer = make_writer,
                           .can_store = tiff::can_store,
                           .nearest_storable = tiff::nearest_storable,
                           .parse = tiff::parse};
  return codec;
}

}  // namespace imgbuf::codecs
