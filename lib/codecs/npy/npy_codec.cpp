#include <algorithm>
#include <array>

#include "codecs/codec.hpp"
#include "codecs/npy/npy_form.hpp"
#include "codecs/npy/npy_header.hpp"
#include "codecs/stored/stored_reader.hpp"
#include "codecs/stored/stored_writer.hpp"

namespace imgbuf::codecs {

namespace {

bool recognises(std::span<const std::byte> head) {
  constexpr std::array signature{std::byte{0x93}, std::byte{'N'}, std::byte{'U'},
                                 std::byte{'M'},  std::byte{'P'}, std::byte{'Y'}};
  return head.size() >= signature.size() && std::equal(signature.begin(), signature.end(), head.begin());
}

std::unique_ptr<Reader> open(std::unique_ptr<Source> source, const Limits& limits) {
  return std::make_unique<StoredReader>(std::move(source), limits, npy::parse, false);
}

std::unique_ptr<Writer> make_writer(Sink& sink, const EncodeOptions& options) {
  return std::make_unique<StoredWriter>(sink, options,
                                        StoredWriter::Store{.name = "NPY",
                                                            .can_store = npy::can_store,
                                                            .nearest_storable = npy::nearest_storable,
                                                            .make_form = npy::make_form});
}

}  // namespace

const Codec& npy_codec() {
  using enum ElementType;
  static const Codec codec{.info = {.name = "NPY",
                                    .extensions = {"npy"},
                                    .can_read = true,
                                    .can_write = true,
                                    .implementation = "imgbuf",
                                    .can_map = true,
                                    .element_types = {u8, i8, u16, i16, u32, i32, f16, f32, f64}},
                           .recognises = recognises,
                           .open = open,
                           .make_writer = make_writer,
                           .can_store = npy::can_store,
                           .nearest_storable = npy::nearest_storable,
                           .parse = npy::parse};
  return codec;
}

}  // namespace imgbuf::codecs
