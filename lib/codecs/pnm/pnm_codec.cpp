#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/codec.hpp"
#include "codecs/pnm/pnm_form.hpp"
#include "codecs/pnm/pnm_header.hpp"
#include "codecs/pnm/text_samples.hpp"
#include "codecs/stored/stored_reader.hpp"
#include "codecs/stored/stored_writer.hpp"

namespace imgbuf::codecs {

namespace {

StoredPicture parse(FileBytes& file, const Limits& limits) {
  pnm::Header header = pnm::read_header(file, limits);
  StoredPicture picture = header.picture;
  if (header.is_text)
    picture.open_bytes = [header = std::move(header)](Source& source) -> std::unique_ptr<FileBytes> {
      return std::make_unique<pnm::TextSamples>(source, header);
    };
  return picture;
}

std::unique_ptr<Reader> open(std::unique_ptr<Source> source, const Limits& limits) {
  return std::make_unique<StoredReader>(std::move(source), limits, parse, false);
}

/// Whether a file begins with P, one of some characters, and white space.
bool begins_with(std::span<const std::byte> head, std::string_view kinds) noexcept {
  if (head.size() < 3 || head[0] != std::byte{'P'}) return false;
  const auto after = static_cast<char>(head[2]);
  return kinds.find(static_cast<char>(head[1])) != std::string_view::npos &&
         (after == ' ' || after == '#' || (after >= '\t' && after <= '\r'));
}

using enum ElementType;

template <pnm::Kind kind>
Codec make_codec(std::string_view name, std::string_view extension, bool (*recognises)(std::span<const std::byte>),
                 std::vector<ElementType> types) {
  return {.info = {.name = name,
                   .extensions = {extension},
                   .can_read = true,
                   .can_write = true,
                   .implementation = "imgbuf",
                   .can_map = kind != pnm::Kind::pbm,
                   .element_types = std::move(types)},
          .recognises = recognises,
          .open = open,
          .make_writer = [](Sink& sink, const EncodeOptions& options) -> std::unique_ptr<Writer> {
            return std::make_unique<StoredWriter>(sink, options,
                                                  StoredWriter::Store{.name = pnm::name(kind),
                                                                      .can_store = pnm::can_store<kind>,
                                                                      .nearest_storable = pnm::nearest_storable<kind>,
                                                                      .make_form = pnm::make_form<kind>});
          },
          .can_store = pnm::can_store<kind>,
          .nearest_storable = pnm::nearest_storable<kind>,
          .parse = parse};
}

}  // namespace

std::span<const Codec> pnm_codecs() {
  using pnm::Kind;
  static const std::array codecs{
      make_codec<Kind::pbm>("PBM", "pbm", [](std::span<const std::byte> head) { return begins_with(head, "14"); },
                            {u8}),
      make_codec<Kind::pgm>("PGM", "pgm", [](std::span<const std::byte> head) { return begins_with(head, "25"); },
                            {u8, u16}),
      make_codec<Kind::ppm>("PPM", "ppm", [](std::span<const std::byte> head) { return begins_with(head, "36"); },
                            {u8, u16}),
      make_codec<Kind::pnm>("PNM", "pnm", [](std::span<const std::byte>) { return false; }, {u8, u16}),
      make_codec<Kind::pam>("PAM", "pam", [](std::span<const std::byte> head) { return begins_with(head, "7"); },
                            {u8, u16}),
      make_codec<Kind::pfm>("PFM", "pfm", [](std::span<const std::byte> head) { return begins_with(head, "Ff"); },
                            {f32})};
  return codecs;
}

}  // namespace imgbuf::codecs
