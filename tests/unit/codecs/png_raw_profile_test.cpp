#include "codecs/png/png_raw_profile.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <utility>

#include "imgbuf/photoshop.hpp"
#include "unit/codecs/png_metadata_testing.hpp"

namespace imgbuf::test::png {

namespace {

using namespace std::string_literals;
using codecs::png::make_raw_profile;
using codecs::png::parse_raw_profile;

const std::string datasets = "\x1c\x02\x78\0\x03"s + "abc"s;

Blob resource(const std::string& data) {
  Metadata metadata;
  set_iptc(metadata, to_bytes(data));
  return metadata.photoshop;
}

std::string digits(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += two;
  }
  return text;
}

/// A file with one such text, or several.
Metadata metadata_of(std::initializer_list<std::pair<std::string, std::string>> texts) {
  Bytes file = plain_file();
  for (const auto& [kind, bytes] : texts)
    file = with_chunk(file,
                      {"tEXt", to_bytes("Raw profile type " + kind + "\0\n"s + kind + " profile\n" +
                                        std::to_string(bytes.size()) + "\n" + digits(bytes) + "\n")},
                      "IDAT");
  return read_metadata(file);
}

}  // namespace

TEST_CASE("png: a raw profile is digits on lines") {
  const TextEntry entry = make_raw_profile("iptc", to_bytes(std::string(40, 'A')));
  CHECK(entry.keyword == "Raw profile type iptc");
  std::string line;
  for (int i = 0; i < 36; ++i) line += "41";
  CHECK(entry.text == "\niptc\n      40\n" + line + "\n41414141\n");
  CHECK(entry.compressed);
  CHECK(parse_raw_profile(entry.text) == to_bytes(std::string(40, 'A')));
}

TEST_CASE("png: a raw profile of every size comes back") {
  for (const std::size_t size : {0u, 1u, 35u, 36u, 37u, 72u, 1000u}) {
    const Bytes bytes = noise(size, 3);
    CHECK(parse_raw_profile(make_raw_profile("8bim", bytes).text) == bytes);
  }
}

TEST_CASE("png: what is no raw profile") {
  for (const char* text : {"", "\n", "\niptc", "\niptc\n", "\niptc\nx\n41", "\niptc\n2\n41", "\niptc\n1\n4141",
                           "\niptc\n1\n4", "\niptc\n1\n4g", "\niptc\n-1\n41", "\niptc\n99999999999999999999\n41"})
    CHECK(parse_raw_profile(text) == std::nullopt);
}

TEST_CASE("png: IPTC and Photoshop's resources are kept in a text") {
  for (const Blob& photoshop : {resource(datasets), to_bytes("8BIM\x03\xed\0\0\0\0\0\x04"s + "abcd")}) {
    ImageInfo info = tiny_info();
    info.metadata.photoshop = photoshop;
    ListeningContext listening;
    const Bytes file = tiny_file(info, listening.context);
    CHECK(listening.warnings.empty());
    CHECK(read_metadata(file) == info.metadata);
  }
}

TEST_CASE("png: raw profiles of other programs go where they belong") {
  Metadata expected;
  expected.photoshop = resource(datasets);
  CHECK(metadata_of({{"iptc", datasets}}) == expected);
  CHECK(metadata_of({{"iptc", "8BIM\x04\x04\0\0\0\0\0\x08"s + datasets}}) == expected);
  CHECK(metadata_of({{"8bim", "8BIM\x04\x04\0\0\0\0\0\x08"s + datasets}, {"iptc", datasets}}) == expected);
  Metadata exif;
  exif.exif = to_bytes("II*\0rest"s);
  CHECK(metadata_of({{"exif", "Exif\0\0II*\0rest"s}}) == exif);
  CHECK(metadata_of({{"APP1", "Exif\0\0II*\0rest"s}}) == exif);
  CHECK(metadata_of({{"exif", "II*\0rest"s}}) == exif);
  Metadata xmp;
  xmp.xmp = to_bytes("<x/>");
  CHECK(metadata_of({{"xmp", "<x/>"}}) == xmp);
  CHECK(metadata_of({{"APP1", "http://ns.adobe.com/xap/1.0/\0<x/>"s}}) == xmp);
}

TEST_CASE("png: a raw profile that has no place stays a text") {
  const auto texts_of = [](std::initializer_list<std::pair<std::string, std::string>> texts) {
    return metadata_of(texts).text.size();
  };
  CHECK(texts_of({{"icc", "profile"}}) == 1);
  CHECK(texts_of({{"iptc", "neither"}}) == 1);
  CHECK(texts_of({{"exif", "no EXIF"}}) == 1);
  CHECK(texts_of({{"iptc", datasets}, {"iptc", datasets + datasets}}) == 1);
  CHECK(texts_of({{"exif", "II*\0rest"s}, {"exif", "II*\0more"s}}) == 1);
}

TEST_CASE("png: EXIF's own chunk counts more than a text") {
  Bytes file = plain_file();
  file = with_chunk(file, {"tEXt", to_bytes("Raw profile type exif\0\nexif\n8\n"s + digits("II*\0text"s))}, "IDAT");
  file = with_chunk(file, {"eXIf", to_bytes("II*\0chunk"s)}, "IDAT");
  const Metadata metadata = read_metadata(file);
  CHECK(metadata.exif == to_bytes("II*\0chunk"s));
  CHECK(metadata.not_carried == std::vector<std::string>{"chunk text (EXIF that is not that of eXIf)"});
}

}  // namespace imgbuf::test::png
