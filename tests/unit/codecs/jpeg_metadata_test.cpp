#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "codecs/codec.hpp"
#include "imgbuf/error.hpp"
#include "unit/codecs/jpeg_testing.hpp"

using namespace imgbuf;
using namespace imgbuf::test;
using namespace imgbuf::test::jpeg;
using namespace std::string_literals;

namespace {

constexpr int app0 = 0xE0;
constexpr int com = 0xFE;

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Blob random_blob(std::size_t size, unsigned seed = 7) {
  Blob blob(size);
  for (std::byte& b : blob) b = static_cast<std::byte>((seed = seed * 1664525 + 1013904223) >> 24);
  return blob;
}

Blob icc_profile(std::size_t size, std::string_view color_space) {
  Blob icc = random_blob(size);
  std::memcpy(icc.data() + 16, color_space.data(), 4);
  return icc;
}

const std::string guid = "0123456789ABCDEF0123456789abcdef";

TextEntry text_entry(std::string keyword, std::string text, TextEntry::Encoding encoding = TextEntry::Encoding::utf8) {
  TextEntry entry;
  entry.keyword = std::move(keyword);
  entry.text = std::move(text);
  entry.encoding = encoding;
  return entry;
}

/// A picture's file with its metadata, and what was warned of.
struct Written {
  Bytes file;
  std::vector<std::string> warnings;
};

Written write(const Metadata& metadata, std::ptrdiff_t channels = 3) {
  const Picture picture = test_picture(9, 5, channels);
  ImageInfo info = info_of(picture);
  info.metadata = metadata;
  Context context;
  const Warnings warnings(context);
  Written written;
  written.file = encode_from(Kind::contiguous, picture, info, {}, context);
  written.warnings = warnings.lines;
  return written;
}

Metadata read(const Bytes& file, const Limits& limits = {}) {
  return codecs::jpeg_codec().open(Source::memory(file), limits)->info().metadata;
}

struct Marker {
  int code;
  Bytes data;
};

std::vector<Marker> markers(const Bytes& file) {
  std::vector<Marker> found;
  for (std::size_t at = 2; at + 4 <= file.size();) {
    const int code = std::to_integer<int>(file[at + 1]);
    if (code == 0xDA) break;
    const std::size_t size =
        std::to_integer<std::size_t>(file[at + 2]) << 8 | std::to_integer<std::size_t>(file[at + 3]);
    const auto first = file.begin() + static_cast<std::ptrdiff_t>(at);
    found.push_back({code, Bytes(first + 4, first + 2 + static_cast<std::ptrdiff_t>(size))});
    at += 2 + size;
  }
  return found;
}

/// A small file with markers of the test's own after SOI.
Bytes with_markers(std::initializer_list<Marker> added) {
  Bytes file = plain_encode(test_picture(9, 5, 1), {.in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE});
  Bytes inserted;
  for (const Marker& marker : added) {
    const std::size_t size = marker.data.size() + 2;
    for (const std::size_t b : {std::size_t{0xFF}, static_cast<std::size_t>(marker.code), size >> 8, size & 0xFF}) {
      inserted.push_back(static_cast<std::byte>(b));
    }
    inserted.insert(inserted.end(), marker.data.begin(), marker.data.end());
  }
  file.insert(file.begin() + 20, inserted.begin(), inserted.end());  // after SOI and JFIF's APP0
  return file;
}

Marker extension_part(std::string_view id, std::size_t total, std::size_t offset, std::string_view text) {
  std::string data = "http://ns.adobe.com/xmp/extension/\0"s.append(id);
  for (const std::size_t number : {total, offset})
    for (int shift = 24; shift >= 0; shift -= 8) data.push_back(static_cast<char>(number >> shift));
  return {app0 + 1, bytes_of(data.append(text))};
}

Marker xmp_packet(std::string_view text) {
  return {app0 + 1, bytes_of("http://ns.adobe.com/xap/1.0/\0"s.append(text))};
}

}  // namespace

TEST_CASE("jpeg carries all its metadata byte for byte", "[jpeg][metadata]") {
  Metadata metadata;
  metadata.exif = random_blob(1000);
  metadata.xmp = bytes_of("<x:xmpmeta HasExtendedXMP=\"" + guid + "\"/>");
  metadata.xmp_extended = random_blob(150'000, 3);
  metadata.xmp_extended_guid = guid;
  metadata.icc = icc_profile(200'000, "RGB ");
  metadata.photoshop = random_blob(140'000, 4);
  metadata.resolution = Resolution{300, 72, Resolution::Unit::per_inch};
  metadata.text = {text_entry("Comment", "one\0two\xE4"s, TextEntry::Encoding::unknown)};
  const Written written = write(metadata);
  CHECK(written.warnings.empty());
  CHECK(read(written.file) == metadata);

  const auto found = markers(written.file);
  std::vector<int> order;
  for (const Marker& m : found)
    if (order.empty() || order.back() != m.code) order.push_back(m.code);
  CHECK(std::vector<int>(order.begin(), order.begin() + 5) ==
        std::vector<int>{app0, app0 + 1, app0 + 2, app0 + 13, com});
  CHECK(std::count_if(found.begin(), found.end(), [](const Marker& m) { return m.code == app0 + 1; }) == 2 + 3);
}

TEST_CASE("jpeg reads the metadata of gray and CMYK", "[jpeg][metadata]") {
  Metadata metadata;
  metadata.icc = icc_profile(500, "GRAY");
  CHECK(read(write(metadata, 1).file).icc == metadata.icc);
  metadata.icc = icc_profile(500, "CMYK");
  CHECK(read(write(metadata, 4).file).icc == metadata.icc);
  metadata.resolution = Resolution{300, 300, Resolution::Unit::per_inch};
  CHECK(write(metadata, 4).warnings == std::vector<std::string>{"JPEG cannot hold the resolution of a CMYK picture"});
  CHECK(read(write(metadata, 4).file).resolution == std::nullopt);
}

TEST_CASE("jpeg resolution", "[jpeg][metadata]") {
  using Unit = Resolution::Unit;
  const auto passes = [](Resolution in, std::optional<Resolution> out, std::size_t warnings) {
    Metadata metadata;
    metadata.resolution = in;
    const Written written = write(metadata);
    INFO(in.x << " x " << in.y << " unit " << static_cast<int>(in.unit));
    CHECK(read(written.file).resolution == out);
    CHECK(written.warnings.size() == warnings);
  };
  passes({300, 150, Unit::per_inch}, Resolution{300, 150, Unit::per_inch}, 0);
  passes({28, 28, Unit::per_centimetre}, Resolution{28, 28, Unit::per_centimetre}, 0);
  passes({2, 1, Unit::unit_less}, Resolution{2, 1, Unit::unit_less}, 0);
  passes({1, 1, Unit::unit_less}, std::nullopt, 0);
  passes({2835, 2835, Unit::per_metre}, Resolution{72, 72, Unit::per_inch}, 0);
  passes({11811, 3780, Unit::per_metre}, Resolution{300, 96, Unit::per_inch}, 0);
  passes({2800, 11800, Unit::per_metre}, Resolution{28, 118, Unit::per_centimetre}, 0);
  passes({2801, 2801, Unit::per_metre}, Resolution{71, 71, Unit::per_inch}, 1);
  passes({70000, 70000, Unit::per_inch}, std::nullopt, 1);
  passes({0, 300, Unit::per_inch}, std::nullopt, 1);
  passes({4'000'000'000, 4'000'000'000, Unit::per_metre}, std::nullopt, 1);
}

TEST_CASE("jpeg says what metadata it cannot hold", "[jpeg][metadata]") {
  const auto warnings_of = [](auto change) {
    Metadata metadata;
    change(metadata);
    return write(metadata).warnings;
  };
  const auto one = [](const char* line) { return std::vector<std::string>{line}; };
  CHECK(warnings_of([](Metadata& m) { m.gamma_100000 = 100000; }) == one("JPEG cannot hold gamma 1.00000"));
  CHECK(warnings_of([](Metadata& m) { m.gamma_100000 = 45455; }) == one("JPEG cannot hold gamma 0.45455"));
  CHECK(warnings_of([](Metadata& m) { m.gamma_100000 = 100000, m.srgb_intent = 0; }) ==
        one("JPEG cannot hold sRGB's rendering intent"));
  CHECK(warnings_of([](Metadata& m) { m.chromaticities.emplace(); }).size() == 1);
  CHECK(warnings_of([](Metadata& m) { m.exif.resize(65528); }).size() == 1);
  CHECK(warnings_of([](Metadata& m) { m.exif.resize(65527); }).empty());
  CHECK(warnings_of([](Metadata& m) { m.xmp.resize(65505); }).size() == 1);
  CHECK(warnings_of([](Metadata& m) { m.xmp.resize(65504); }).empty());
  CHECK(warnings_of([](Metadata& m) { m.xmp_extended.resize(5); }).size() == 1);
  CHECK(warnings_of([](Metadata& m) { m.icc = icc_profile(500, "GRAY"); }) ==
        one("the ICC profile of 500 bytes is not kept: its colour space 'GRAY' is not that of RGB pixels"));
  CHECK(warnings_of([](Metadata& m) { m.icc.resize(127); }).size() == 1);
  CHECK(warnings_of([](Metadata& m) { m.text = {text_entry("Comment", std::string(65534, 'x'))}; }).size() == 1);
  CHECK(warnings_of([](Metadata& m) { m.text = {text_entry("Comment", std::string(65533, 'x'))}; }).empty());
  CHECK(warnings_of([](Metadata& m) {
          m.text = {text_entry("A", "b")};
          m.text[0].language = "de";
        }).size() == 1);
  CHECK(warnings_of([](Metadata& m) {
          m.not_carried = {"12 bytes of APP4", "chunk bKGD"};
        }) == std::vector<std::string>{"not kept: 12 bytes of APP4", "not kept: chunk bKGD"});
}

TEST_CASE("jpeg writes texts as comments", "[jpeg][metadata]") {
  Metadata metadata;
  metadata.text = {text_entry("Comment", "caf\xE9", TextEntry::Encoding::latin1), text_entry("Title", "Zürich"),
                   text_entry("Comment", "")};
  const auto text = read(write(metadata).file).text;
  REQUIRE(text.size() == 3);
  CHECK(text[0].keyword == "Comment");
  CHECK(text[0].text == "café");
  CHECK(text[1].text == "Title: Zürich");
  CHECK(text[2].text.empty());
  CHECK(text[0].encoding == TextEntry::Encoding::unknown);
}

TEST_CASE("jpeg names the markers that it does not carry", "[jpeg][metadata]") {
  const Bytes file = with_markers({{app0 + 2, bytes_of("MPF\0abc"s)},
                                   {app0 + 2, bytes_of("MPF\0defg"s)},
                                   {app0 + 4, bytes_of("\x01\x02\x03"s)},
                                   {app0 + 12, bytes_of("Ducky\0\1"s)},
                                   {app0, bytes_of("JFXX\0\x13"s)},
                                   {app0 + 1, bytes_of("Exif\0\0II"s)},
                                   {app0 + 1, bytes_of("Exif\0\0MM"s)}});
  const Metadata metadata = read(file);
  CHECK(metadata.exif == bytes_of("II"));
  CHECK(metadata.not_carried == std::vector<std::string>{"15 bytes of APP2 (MPF)", "3 bytes of APP4",
                                                         "7 bytes of APP12 (Ducky)", "6 bytes of APP0 (JFXX)",
                                                         "2 bytes of a second EXIF block"});
  CHECK(metadata.resolution == std::nullopt);
}

TEST_CASE("jpeg puts extended XMP together in any order", "[jpeg][metadata]") {
  const Metadata metadata = read(with_markers({extension_part(guid, 9, 6, "ghi"), xmp_packet("x " + guid + " x"),
                                               extension_part(guid, 9, 0, "abc"), extension_part(guid, 9, 3, "def")}));
  CHECK(metadata.xmp == bytes_of("x " + guid + " x"));
  CHECK(metadata.xmp_extended == bytes_of("abcdefghi"));
  CHECK(metadata.xmp_extended_guid == guid);
  CHECK(metadata.not_carried.empty());
}

TEST_CASE("jpeg leaves broken extended XMP and says so", "[jpeg][metadata]") {
  const Marker packet = xmp_packet(guid);
  const auto left = [&](std::initializer_list<Marker> parts) {
    const Metadata metadata = read(with_markers(parts));
    CHECK(metadata.xmp_extended.empty());
    CHECK(metadata.xmp_extended_guid.empty());
    return metadata.not_carried;
  };
  using Lines = std::vector<std::string>;
  const Lines incomplete{"6 bytes of incomplete extended XMP"};
  CHECK(left({packet, extension_part(guid, 9, 0, "abc"), extension_part(guid, 9, 6, "ghi")}) == incomplete);
  CHECK(left({packet, extension_part(guid, 9, 0, "abc"), extension_part(guid, 9, 0xFFFFFFFE, "ghi")}) == incomplete);
  CHECK(left({packet, extension_part(guid, 6, 0, "abc"), extension_part(guid, 9, 3, "ghi")}) == incomplete);
  CHECK(left({packet, extension_part(guid, 0xFFFFFFFF, 0, "abcdef")}) == incomplete);
  CHECK(left({packet, extension_part(guid, 9, 0, "abc"), extension_part(guid, 9, 0, "abc"),
              extension_part(guid, 9, 6, "ghi")}) == Lines{"9 bytes of incomplete extended XMP"});
  const Lines unnamed{"3 bytes of extended XMP that the packet does not name"};
  CHECK(left({packet, extension_part(std::string(32, 'F'), 3, 0, "abc")}) == unnamed);
  CHECK(left({extension_part(guid, 3, 0, "abc")}) == unnamed);
  CHECK(left({packet, {app0 + 1, bytes_of("http://ns.adobe.com/xmp/extension/\0short"s)}}).size() == 1);
}

TEST_CASE("jpeg leaves a broken ICC profile, warns once, and decodes", "[jpeg][metadata]") {
  const Bytes file = with_markers({{app0 + 2, bytes_of("ICC_PROFILE\0\2\3abc"s)}});
  const Metadata metadata = read(file);
  CHECK(metadata.icc.empty());
  CHECK(metadata.not_carried == std::vector<std::string>{"17 bytes of a broken ICC profile"});
  Context context;
  const Warnings warnings(context);
  (void)decode_into(Kind::contiguous, file, {}, context, 1);
  CHECK(warnings.lines == std::vector<std::string>{"memory: Corrupt JPEG data: bad ICC marker"});
}

TEST_CASE("jpeg metadata obeys its limit", "[jpeg][metadata]") {
  Metadata metadata;
  metadata.icc = icc_profile(200'000, "RGB ");
  const Bytes file = write(metadata).file;
  CHECK(read(file, {.max_metadata_bytes = 201'000}).icc.size() == 200'000);
  const auto code_of = [](const Bytes& bytes, const Limits& limits) {
    try {
      (void)read(bytes, limits);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::invalid_argument;
  };
  CHECK(code_of(file, {.max_metadata_bytes = 200'000}) == ErrorCode::limit_exceeded);

  // Without an end and without pixels: the limit stops the reading, not the end of the data.
  Bytes endless = bytes_of("\xFF\xD8"s);
  for (int i = 0; i < 40; ++i) {
    const Bytes comment = bytes_of("\xFF\xFE\xFF\xFF"s + std::string(65533, 'x'));
    endless.insert(endless.end(), comment.begin(), comment.end());
  }
  CHECK(code_of(endless, {}) == ErrorCode::truncated_data);
  CHECK(code_of(endless, {.max_metadata_bytes = 1'000'000}) == ErrorCode::limit_exceeded);

  Bytes many = bytes_of("\xFF\xD8"s);
  for (int i = 0; i < 5000; ++i) {
    const Bytes comment = bytes_of("\xFF\xFE\0\2"s);
    many.insert(many.end(), comment.begin(), comment.end());
  }
  CHECK(code_of(many, {}) == ErrorCode::limit_exceeded);
}
