#include <algorithm>
#include <array>

#include "codecs/bmp/bmp_form.hpp"
#include "codecs/bmp/bmp_header.hpp"
#include "codecs/codec.hpp"
#include "codecs/stored/stored_reader.hpp"
#include "codecs/stored/stored_writer.hpp"

namespace imgbuf::codecs {

namespace {

bool recognises(std::span<const std::byte> head) {
  if (head.size() < 16 || head[0] != std::byte{'B'} || head[1] != std::byte{'M'} || head[15] != std::byte{0})
    return false;
  // Two letters are little; the second header's size tells more.
  constexpr std::array<unsigned, 8> sizes{bmp::core_bytes, bmp::short_os2_bytes, bmp::info_bytes, bmp::v2_bytes,
                                          bmp::v3_bytes,   bmp::os2_bytes,       bmp::v4_bytes,   bmp::v5_bytes};
  return std::find(sizes.begin(), sizes.end(), std::to_integer<unsigned>(head[14])) != sizes.end();
}

std::unique_ptr<Reader> open(std::unique_ptr<Source> source, const Limits& limits) {
  return std::make_unique<StoredReader>(std::move(source), limits, bmp::parse, false);
}

std::unique_ptr<Writer> make_writer(Sink& sink, const EncodeOptions& options) {
  return std::make_unique<StoredWriter>(sink, options,
                                        StoredWriter::Store{.name = "BMP",
                                                            .can_store = bmp::can_store,
                                                            .nearest_storable = bmp::nearest_storable,
                                                            .make_form = bmp::make_form});
}

}  // namespace

const Codec& bmp_codec() {
  using enum ElementType;
  static const Codec codec{.info = {.name = "BMP",
                                    .extensions = {"bmp", "dib"},
                                    .can_read = true,
                                    .can_write = true,
                                    .implementation = "imgbuf",
                                    .can_map = true,
                                    .element_types = {u8, u16}},
                           .recognises = recognises,
                           .open = open,
                           .make_writer = make_writer,
                           .can_store = bmp::can_store,
                           .nearest_storable = bmp::nearest_storable,
                           .parse = bmp::parse};
  return codec;
}

}  // namespace imgbuf::codecs
