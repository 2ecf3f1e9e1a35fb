#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>

#include "imgbuf/error.hpp"
#include "unit/codecs/png_metadata_testing.hpp"

namespace imgbuf::test::png {

namespace {

using namespace std::string_literals;
using Encoding = TextEntry::Encoding;

Blob exif() {
  Blob bytes = to_bytes("MM\0*"s);
  const Bytes rest = noise(500, 6);
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

Metadata full_metadata() {
  Metadata metadata;
  metadata.icc = profile("RGB ");
  metadata.icc_name = "A profile";
  metadata.exif = exif();
  metadata.xmp = to_bytes("<?xpacket begin='\xef\xbb\xbf'?><x/>");
  metadata.resolution = Resolution{2835, 3000, Resolution::Unit::per_metre};
  metadata.gamma_100000 = 45455;
  metadata.chromaticities = Chromaticities{{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}};
  metadata.text = {
      {"Title", "Caf\xe9", Encoding::latin1, false, "", ""},
      {"Comment", std::string(3000, 'x') + "\xe9", Encoding::latin1, true, "", ""},
      {"Author", "Ren\xc3\xa9", Encoding::utf8, false, "fr", "Auteur"},
      {"Description", std::string(3000, 'y') + "\xe2\x82\xac", Encoding::utf8, true, "de-CH", "Beschreibung \xc3\xbc"},
      {"Title", "", Encoding::latin1, false, "", ""},
  };
  return metadata;
}

std::vector<std::string> types_of(std::span<const std::byte> file) {
  std::vector<std::string> types;
  for (const auto& chunk : png_chunks(file)) types.push_back(chunk.type);
  return types;
}

}  // namespace

TEST_CASE("png: metadata goes from PNG to PNG byte for byte") {
  ListeningContext listening;
  ImageInfo info = tiny_info();
  info.metadata = full_metadata();
  const Bytes file = tiny_file(info, listening.context);
  CHECK(listening.warnings == std::vector<std::string>{});
  CHECK(types_of(file) == std::vector<std::string>{"IHDR", "gAMA", "cHRM", "iCCP", "pHYs", "eXIf", "iTXt", "tEXt",
                                                   "zTXt", "iTXt", "iTXt", "tEXt", "IDAT", "IEND"});
  CHECK(read_metadata(file) == info.metadata);
  info.metadata = read_metadata(file);
  CHECK(tiny_file(info, listening.context) == file);
}

TEST_CASE("png: a file without metadata has none, and sRGB adds nothing else") {
  CHECK(read_metadata(plain_file()) == Metadata{});
  ImageInfo info = tiny_info();
  info.metadata.srgb_intent = 1;
  Context context;
  const Bytes file = tiny_file(info, context);
  CHECK(types_of(file) == std::vector<std::string>{"IHDR", "sRGB", "IDAT", "IEND"});
  CHECK(read_metadata(file) == info.metadata);
}

TEST_CASE("png: metadata after the pixels is told by finish") {
  const Bytes plain = plain_file();
  Bytes file = with_chunk(plain, {"eXIf", exif()}, "IEND");
  file = with_chunk(file, {"tEXt", to_bytes("Late\0text"s)}, "IEND");
  file = with_chunk(file, {"iTXt", to_bytes("XML:com.adobe.xmp\0\0\0\0\0packet"s)}, "IEND");
  const auto reader = open_bytes(file);
  CHECK(reader->start({}).metadata == Metadata{});
  const Metadata metadata = read_metadata(file);
  CHECK(metadata.exif == exif());
  CHECK(metadata.xmp == to_bytes("packet"));
  REQUIRE(metadata.text.size() == 1);
  CHECK(metadata.text[0] == TextEntry{"Late", "text", Encoding::latin1, false, "", ""});
}

TEST_CASE("png: what is not carried is listed, once for each type, and said when written") {
  Bytes file = plain_file();
  for (const char* type : {"bKGD", "prIv", "prIv", "acTL"})
    file = with_chunk(file, {type, Bytes(8, std::byte{1})}, "IDAT");
  file = with_chunk(file, {"PLTE", Bytes(9, std::byte{1})}, "IDAT");
  file = with_chunk(file, {"tIME", Bytes(7, std::byte{1})}, "IEND");
  ImageInfo info = tiny_info();
  info.metadata = read_metadata(file);
  const std::vector<std::string> expected{"chunk bKGD", "chunk prIv",
                                          "chunk acTL (animation: only the first frame is read)",
                                          "chunk PLTE (a suggested palette)", "chunk tIME"};
  CHECK(info.metadata.not_carried == expected);
  info.metadata.photoshop = Bytes(5120);
  info.metadata.xmp_extended = Bytes(70000);
  ListeningContext listening;
  (void)tiny_file(info, listening.context);
  std::vector<std::string> said{"PNG cannot hold the 70000 bytes of extended XMP",
                                "PNG cannot hold the 5120 bytes of Photoshop resources, which are malformed"};
  for (const auto& phrase : expected) said.push_back("not kept: " + phrase);
  CHECK(listening.warnings == said);
}

TEST_CASE("png: malformed, corrupt, doubled and misplaced chunks are left out with a warning") {
  const Bytes plain = plain_file();
  const auto refuse = [&](const PngChunk& chunk, const char* before, const std::string& reason) {
    INFO(chunk.type << " " << reason);
    ListeningContext listening;
    Metadata metadata = read_metadata(with_chunk(plain, chunk, before), listening);
    CHECK(listening.warnings.size() == 1);
    CHECK(metadata.not_carried == std::vector<std::string>{"chunk " + chunk.type + " (" + reason + ")"});
    metadata.not_carried.clear();
    CHECK(metadata == Metadata{});
  };
  const char* malformed = "malformed";
  refuse({"gAMA", Bytes(3)}, "IDAT", malformed);
  refuse({"cHRM", Bytes(33)}, "IDAT", malformed);
  refuse({"sRGB", Bytes(1, std::byte{4})}, "IDAT", malformed);
  refuse({"pHYs", Bytes(8)}, "IDAT", malformed);
  refuse({"pHYs", Bytes(9, std::byte{2})}, "IDAT", malformed);
  refuse({"eXIf", to_bytes("Exif\0\0II*\0"s)}, "IDAT", malformed);
  refuse({"iCCP", {}}, "IDAT", malformed);
  refuse({"iCCP", to_bytes("name"s)}, "IDAT", malformed);
  refuse({"iCCP", to_bytes("name\0\0no zlib stream"s)}, "IDAT", malformed);
  refuse({"iCCP", to_bytes("name\0\1"s)}, "IDAT", malformed);
  refuse({"tEXt", to_bytes("no null")}, "IDAT", malformed);
  refuse({"tEXt", to_bytes("\0no keyword"s)}, "IDAT", malformed);
  refuse({"tEXt", to_bytes(std::string(80, 'k') + "\0text"s)}, "IDAT", malformed);
  refuse({"zTXt", to_bytes("Key\0"s)}, "IDAT", malformed);
  refuse({"zTXt", to_bytes("Key\0\0x\x9c"s)}, "IDAT", malformed);
  refuse({"iTXt", to_bytes("Key\0\0\0en"s)}, "IDAT", malformed);
  refuse({"iTXt", to_bytes("Key\0\2\0en\0\0text"s)}, "IDAT", malformed);
  refuse({"gAMA", Bytes(4, std::byte{1})}, "IEND", "misplaced");

  for (const char* type : {"gAMA", "sRGB", "cHRM", "pHYs", "eXIf", "iCCP"}) {
    INFO(type);
    ImageInfo info = tiny_info();
    info.metadata = full_metadata();
    if (type == "sRGB"s) {
      info.metadata.icc.clear();
      info.metadata.icc_name.clear();
      info.metadata.srgb_intent = 2;
    }
    Context context;
    const Bytes file = tiny_file(info, context);
    const auto chunks = png_chunks(file);
    const auto chunk = *std::find_if(chunks.begin(), chunks.end(), [&](const auto& c) { return c.type == type; });
    ListeningContext listening;
    Metadata metadata = read_metadata(with_chunk(file, chunk, "IDAT"), listening);
    CHECK(listening.warnings == std::vector<std::string>{"memory: a second chunk "s + type + " is ignored"});
    CHECK(metadata.not_carried == std::vector<std::string>{"chunk "s + type + " (the second)"});
    metadata.not_carried.clear();
    CHECK(metadata == info.metadata);
  }

  Bytes corrupt = with_chunk(plain, {"tEXt", to_bytes("Key\0text"s)}, "IDAT");
  corrupt = with_chunk(corrupt, {"tEXt", to_bytes("Second\0text"s)}, "IDAT");
  corrupt[chunk_offset(corrupt, "tEXt") + 13] ^= std::byte{1};
  ListeningContext listening;
  const Metadata metadata = read_metadata(corrupt, listening);
  CHECK(listening.warnings.size() == 1);
  CHECK(metadata.not_carried == std::vector<std::string>{"chunk tEXt (corrupt)"});
  REQUIRE(metadata.text.size() == 1);
  CHECK(metadata.text[0].keyword == "Second");
}

TEST_CASE("png: metadata is bounded, compressed or not, and chunks that nobody wants do not count") {
  const Bytes plain = plain_file();
  const auto code = [](const Bytes& file, std::int64_t bytes) -> std::optional<ErrorCode> {
    try {
      ListeningContext listening;
      (void)read_metadata(file, listening, {.max_metadata_bytes = bytes});
    } catch (const Error& error) {
      CHECK(error.place() == "memory");
      return error.code();
    }
    return std::nullopt;
  };
  ImageInfo info = tiny_info();
  info.metadata.icc = profile("RGB ");
  Context context;
  const Bytes with_profile = tiny_file(info, context);
  CHECK_FALSE(code(with_profile, 3100));
  CHECK(code(with_profile, 2999) == ErrorCode::limit_exceeded);
  info.metadata.icc = Blob(100000);
  std::copy_n(to_bytes("RGB ").begin(), 4, info.metadata.icc.begin() + 16);
  const Bytes bomb = tiny_file(info, context);
  CHECK(bomb.size() < 1000);
  CHECK(code(bomb, 99999) == ErrorCode::limit_exceeded);
  CHECK(code(bomb, 5000) == ErrorCode::limit_exceeded);
  CHECK_FALSE(code(bomb, 100000));

  const Bytes exif_file = with_chunk(plain, {"eXIf", exif()}, "IEND");
  CHECK(code(exif_file, 503) == ErrorCode::limit_exceeded);
  CHECK_FALSE(code(exif_file, 504));
  Bytes many = plain;
  for (int i = 0; i < 20; ++i) many = with_chunk(many, {"tEXt", to_bytes("K\0"s)}, "IDAT");
  // One of them would fit.
  CHECK(code(many, 1000) == ErrorCode::limit_exceeded);
  CHECK_FALSE(code(many, 20 * 300));
  CHECK_FALSE(code(with_chunk(plain, {"prIv", Bytes(5000)}, "IDAT"), 0));
}

}  // namespace imgbuf::test::png
