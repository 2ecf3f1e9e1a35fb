#include <catch2/catch.hpp>
#include <optional>

#include "unit/codecs/png_metadata_testing.hpp"

namespace imgbuf::test::png {

using namespace std::string_literals;
using Encoding = TextEntry::Encoding;

TEST_CASE("png: a profile is only written for pixels of its colour space") {
  for (const auto color : {ColorModel::gray, ColorModel::rgb, ColorModel::palette}) {
    for (const std::string space : {"GRAY", "RGB ", "CMYK", ""}) {
      ImageInfo info = tiny_info(color);
      info.metadata.icc = space.empty() ? Blob(10) : profile(space);
      info.metadata.srgb_intent = 0;
      ListeningContext listening;
      const Metadata metadata = read_metadata(tiny_file(info, listening.context));
      const bool fits = space == (color == ColorModel::gray ? "GRAY" : "RGB ");
      INFO(space << " " << to_string(color));
      CHECK(listening.warnings.size() == 1);
      CHECK(metadata.icc == (fits ? info.metadata.icc : Blob{}));
      CHECK(metadata.icc_name == (fits ? "ICC profile" : ""));
      CHECK(metadata.srgb_intent == (fits ? std::nullopt : std::optional(0)));
    }
  }
}

TEST_CASE("png: resolution is written per metre") {
  using Unit = Resolution::Unit;
  const auto written = [](const Resolution& resolution) {
    ImageInfo info = tiny_info();
    info.metadata.resolution = resolution;
    ListeningContext listening;
    const auto result = read_metadata(tiny_file(info, listening.context)).resolution;
    CHECK(listening.warnings.size() == (result ? 0 : 1));
    return result;
  };
  CHECK(written({72, 300, Unit::per_inch}) == Resolution{2835, 11811, Unit::per_metre});
  CHECK(written({1, 254, Unit::per_inch}) == Resolution{39, 10000, Unit::per_metre});
  CHECK(written({28, 40, Unit::per_centimetre}) == Resolution{2800, 4000, Unit::per_metre});
  CHECK(written({7, 2147483647, Unit::per_metre}) == Resolution{7, 2147483647, Unit::per_metre});
  CHECK(written({4, 3, Unit::unit_less}) == Resolution{4, 3, Unit::unit_less});
  CHECK_FALSE(written({2147483648u, 1, Unit::per_metre}));
  CHECK_FALSE(written({1, 4294967295u, Unit::per_inch}));
}

TEST_CASE("png: texts find the chunk that can hold them, keywords are made valid") {
  const auto written = [](const TextEntry& entry) {
    ImageInfo info = tiny_info();
    info.metadata.text = {entry};
    ListeningContext listening;
    const Bytes file = tiny_file(info, listening.context);
    const auto texts = read_metadata(file).text;
    REQUIRE(texts.size() == 1);
    CHECK(listening.warnings.size() == (texts[0].keyword == entry.keyword ? 0 : 1));
    return std::pair(png_chunks(file)[1].type, texts[0]);
  };
  const auto unknown = [](std::string text, bool compressed) {
    return TextEntry{"Comment", std::move(text), Encoding::unknown, compressed, "", ""};
  };
  CHECK(written(unknown("ascii", false)).first == "tEXt");
  CHECK(written(unknown("ascii", true)).first == "zTXt");
  CHECK(written(unknown("\xe2\x82\xac \xf0\x9f\x99\x82", false)).first == "iTXt");
  CHECK(written(unknown("Caf\xe9", false)).first == "tEXt");
  for (const char* not_utf8 : {"\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80", "\x80"}) {
    const auto [type, entry] = written(unknown(not_utf8, false));
    CHECK(type == "tEXt");
    CHECK(entry.text == not_utf8);
  }
  const auto keyword = [&](const std::string& text) {
    return written({text, "text", Encoding::utf8, false, "", ""}).second.keyword;
  };
  CHECK(keyword("  a\n\nb  c ") == "a b c");
  CHECK(keyword("\x7f") == "Comment");
  CHECK(keyword(std::string(1, '\xa0') + "x\xe9") == "x\xe9");
  CHECK(keyword("k" + std::string(99, 'k')) == std::string(79, 'k'));
  const auto odd = written({"Key", "text", Encoding::utf8, false, "e n\0"s, "null\0here"s}).second;
  CHECK(odd.language == "en");
  CHECK(odd.translated_keyword == "nullhere");
}

}  // namespace imgbuf::test::png
