#include <catch2/catch.hpp>
#include <functional>

#include "imgbuf/photoshop.hpp"
#include "support/require_error.hpp"
#include "unit/codecs/tiff_testing.hpp"

namespace imgbuf::test {
namespace {

/// EXIF with an orientation, a maker, an exposure time in its own directory and a latitude's letter in GPS'.
Blob exif(ByteOrder order) {
  const auto u16 = [order](std::uint64_t v) { return numbers({v}, 2, order); };
  const auto u32 = [order](std::uint64_t v) { return numbers({v}, 4, order); };
  return joined({to_bytes(order == ByteOrder::little ? "II" : "MM"),
                 u16(42),
                 u32(8),
                 u16(4),  // at 8: maker, orientation, pointers
                 u16(271),
                 u16(2),
                 u32(4),
                 to_bytes("Abc"),
                 bytes_of({0}),
                 u16(274),
                 u16(3),
                 u32(1),
                 u16(6),
                 u16(0),
                 u16(34665),
                 u16(4),
                 u32(1),
                 u32(62),
                 u16(34853),
                 u16(4),
                 u32(1),
                 u32(88),
                 u32(0),
                 u16(1),
                 u16(33434),
                 u16(5),
                 u32(1),
                 u32(80),
                 u32(0),  // at 62
                 u32(1),
                 u32(250),  // at 80
                 u16(1),
                 u16(1),
                 u16(2),
                 u32(2),
                 to_bytes("N"),
                 bytes_of({0, 0, 0}),
                 u32(0)});
}

ImageInfo picture() {
  return info_of_pixels(2, 3, PixelFormat::of(ElementType::u8, ColorModel::rgb));
}

Bytes encoded(const ImageInfo& info, ByteOrder order, std::vector<std::string>* warnings = nullptr) {
  Bytes file;
  Context context;
  context.on_warning = [&](std::string_view line) {
    if (warnings != nullptr) warnings->emplace_back(line);
  };
  const GuardedImage image(Kind::contiguous, 2, 3, 3, ElementType::u8);
  const auto sink = Sink::memory(file);
  const auto writer = make_writer("TIFF", *sink, {.byte_order = order});
  writer->start(info, context);
  writer->write_rows(image.view(), context);
  writer->finish(context);
  return file;
}

Metadata read_back(const Bytes& file) {
  return open_reader(Source::memory(file))->info().metadata;
}

TEST_CASE("tiff: metadata is written and read back") {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    ImageInfo info = picture();
    info.metadata.icc = icc_profile_for("RGB ", 301);
    info.metadata.xmp = to_bytes("<x:xmpmeta/>");
    info.metadata.photoshop = to_bytes("8BIM1234");
    info.metadata.resolution = Resolution{300, 150, Resolution::Unit::per_inch};
    for (const char* keyword : {"Description", "Software", "Author"}) {
      TextEntry entry;
      entry.keyword = keyword;
      entry.text = std::string(keyword) + "'s text";
      entry.encoding = TextEntry::Encoding::unknown;
      info.metadata.text.push_back(entry);
    }
    std::vector<std::string> warnings;
    CHECK(read_back(encoded(info, order, &warnings)) == info.metadata);
    CHECK(warnings.empty());
  }
}

TEST_CASE("tiff: EXIF goes through in every combination of byte orders") {
  for (const ByteOrder given : {ByteOrder::little, ByteOrder::big})
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
      ImageInfo info = picture();
      info.metadata.exif = exif(given);
      REQUIRE(orientation(info.metadata) == Orientation::rotate_90);
      std::vector<std::string> warnings;
      const Metadata metadata = read_back(encoded(info, order, &warnings));
      CHECK(warnings.empty());
      CHECK(orientation(metadata) == Orientation::rotate_90);
      // Written and read once more it is the same, and again in the byte order of the first.
      ImageInfo again = picture();
      again.metadata.exif = metadata.exif;
      CHECK(read_back(encoded(again, order)).exif == metadata.exif);
      const Blob in_given_order = read_back(encoded(again, given)).exif;
      const auto holds = [&](const Bytes& bytes) {
        return std::search(in_given_order.begin(), in_given_order.end(), bytes.begin(), bytes.end()) !=
               in_given_order.end();
      };
      CHECK(holds(to_bytes("Abc")));
      CHECK(holds(numbers({1, 250}, 4, given)));
      CHECK(holds(joined({numbers({1, 2}, 2, given), numbers({2}, 4, given), to_bytes("N")})));
    }
}

namespace {

/// EXIF with nothing but a comment of twelve bytes in its own directory.
Blob exif_of_comment(ByteOrder order, const Bytes& comment) {
  const auto u16 = [order](std::uint64_t v) { return numbers({v}, 2, order); };
  const auto u32 = [order](std::uint64_t v) { return numbers({v}, 4, order); };
  return joined({to_bytes(order == ByteOrder::little ? "II" : "MM"), u16(42), u32(8), u16(1), u16(34665), u16(4),
                 u32(1), u32(26), u32(0),                               // the directory at 8
                 u16(1), u16(37510), u16(7), u32(12), u32(44), u32(0),  // at 26
                 comment});
}

}  // namespace

TEST_CASE("tiff: comments in Unicode have the byte order of the EXIF that they are in") {
  const Bytes unicode = joined({to_bytes("UNICODE"), bytes_of({0})});
  const Bytes ascii = joined({to_bytes("ASCII"), bytes_of({0, 0, 0}), to_bytes("abcd")});
  const Bytes marked = joined({unicode, bytes_of({0xfe, 0xff, 0, 'a'})});
  for (const ByteOrder given : {ByteOrder::little, ByteOrder::big})
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
      const auto comes_out_as = [&](const Bytes& comment, const Bytes& wanted) {
        ImageInfo info = picture();
        info.metadata.exif = exif_of_comment(given, comment);
        const Blob exif = read_back(encoded(info, order)).exif;
        CHECK(std::search(exif.begin(), exif.end(), wanted.begin(), wanted.end()) != exif.end());
      };
      comes_out_as(joined({unicode, numbers({'a', 0x20ac}, 2, given)}),
                   joined({unicode, numbers({'a', 0x20ac}, 2, order)}));
      comes_out_as(ascii, ascii);
      comes_out_as(marked, marked);
    }
}

TEST_CASE("tiff: units of resolution") {
  const auto kept = [](const Resolution& resolution) {
    ImageInfo info = picture();
    info.metadata.resolution = resolution;
    return read_back(encoded(info, ByteOrder::little)).resolution.value();
  };
  using Unit = Resolution::Unit;
  CHECK(kept({3, 2, Unit::unit_less}) == Resolution{3, 2, Unit::unit_less});
  CHECK(kept({118, 59, Unit::per_centimetre}) == Resolution{118, 59, Unit::per_centimetre});
  CHECK(kept({11811, 5906, Unit::per_metre}) == Resolution{11811, 5906, Unit::per_metre});
  CHECK(kept({11811, 5900, Unit::per_metre}) == Resolution{11811, 5900, Unit::per_metre});
  CHECK(kept({11800, 5900, Unit::per_metre}) == Resolution{118, 59, Unit::per_centimetre});
}

/// A picture of one pixel with further fields.
Metadata metadata_of(const std::function<void(TiffFile&)>& change, ByteOrder order = ByteOrder::little) {
  TiffFile file(order);
  file.picture(1, 1, 8, 1, 1, bytes_of({7}));
  change(file);
  return read_back(file.bytes());
}

/// Values of a field of bytes.
std::vector<std::uint64_t> values_of(const Bytes& bytes) {
  std::vector<std::uint64_t> values;
  for (const std::byte b : bytes) values.push_back(std::to_integer<std::uint64_t>(b));
  return values;
}

/// A rational as `TiffFile` has it: one number of 8 bytes.
std::uint64_t rational(std::uint64_t numerator, std::uint64_t denominator) {
  return denominator << 32 | numerator;  // little-endian
}

TEST_CASE("tiff: fractions of a resolution become finer units") {
  using Unit = Resolution::Unit;
  const auto of = [](std::uint64_t x, std::uint64_t y, std::uint64_t unit) {
    return metadata_of([&](TiffFile& file) { file.set(282, 5, {x}).set(283, 5, {y}).set(296, 3, {unit}); });
  };
  CHECK(of(rational(720000, 10000), rational(72, 1), 2).resolution == Resolution{72, 72, Unit::per_inch});
  CHECK(of(rational(118, 1), rational(2835, 100), 3).resolution == Resolution{11800, 2835, Unit::per_metre});
  CHECK(of(rational(3, 2), rational(4, 3), 1).resolution == Resolution{9, 8, Unit::unit_less});
  const Metadata exact = of(rational(72009, 1000), rational(72009, 1000), 2);
  CHECK(exact.resolution == Resolution{2835, 2835, Unit::per_metre});
  CHECK(exact.not_carried.empty());
  const Metadata rounded = of(rational(601, 2), rational(601, 2), 2);
  CHECK(rounded.resolution == Resolution{11831, 11831, Unit::per_metre});
  CHECK(rounded.not_carried == std::vector<std::string>{"the resolution's fractions of a pixel per metre"});
  for (const std::uint64_t none : {rational(0, 1), rational(1, 0), rational(1, 0xffffffff)})
    CHECK(of(none, rational(72, 1), 2).resolution == std::nullopt);
}

TEST_CASE("tiff: chromaticities have tags") {
  ImageInfo info = picture();
  info.metadata.chromaticities = Chromaticities{{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}};
  std::vector<std::string> warnings;
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big})
    CHECK(read_back(encoded(info, order, &warnings)) == info.metadata);
  CHECK(warnings.empty());
  info.metadata.chromaticities->xy_100000[7] = -1;
  CHECK(read_back(encoded(info, ByteOrder::little, &warnings)) == Metadata{});
  CHECK(warnings == std::vector<std::string>{"TIFF cannot hold chromaticities that are negative or more than 1"});
}

TEST_CASE("tiff: IPTC has a tag, which counts more than what stands among Photoshop's resources") {
  const std::string datasets(
      "\x1c\x02\x78\0\x03"
      "abc",
      8);
  const auto resource = [](const std::string& data) {
    Metadata metadata;
    set_iptc(metadata, to_bytes(data));
    return metadata.photoshop;
  };
  const auto of = [&](int type, const Bytes& tag, const Bytes& resources, ByteOrder order = ByteOrder::little) {
    return metadata_of(
        [&](TiffFile& file) {
          std::vector<std::uint64_t> values = values_of(tag);
          if (type == 4) {
            std::vector<std::uint64_t> longs;
            for (std::size_t at = 0; at < values.size(); at += 4)
              longs.push_back(values[at] | values[at + 1] << 8 | values[at + 2] << 16 | values[at + 3] << 24);
            values = longs;
          }
          file.set(33723, type, values);
          if (!resources.empty()) file.set(34377, 1, values_of(resources));
        },
        order);
  };
  CHECK(of(7, to_bytes(datasets), {}).photoshop == resource(datasets));
  CHECK(of(1, to_bytes(datasets), {}).photoshop == resource(datasets));
  CHECK(of(4, to_bytes(datasets), {}).photoshop == resource(datasets));
  // Written as numbers of the other byte order.
  CHECK(of(4, to_bytes(datasets), {}, ByteOrder::big).photoshop == resource(datasets));
  // Padded to whole numbers it is the same.
  const Metadata same = of(4, to_bytes(datasets), resource(datasets.substr(0, 6)));
  CHECK(same.photoshop == resource(datasets.substr(0, 6)));
  CHECK(same.not_carried.empty());
  const Metadata other = of(7, to_bytes(datasets), resource("\x1c other"));
  CHECK(other.photoshop == resource(datasets));
  CHECK(other.not_carried == std::vector<std::string>{"other IPTC among Photoshop's resources (7 bytes)"});
}

TEST_CASE("tiff: Photoshop's resources beside IPTC stay") {
  ImageInfo info = picture();
  info.metadata.photoshop =
      to_bytes(std::string("8BIM\x03\xed\0\0\0\0\0\x04"
                           "abcd",
                           16));
  set_iptc(info.metadata, to_bytes("\x1c datasets"));
  CHECK(read_back(encoded(info, ByteOrder::little)) == info.metadata);
}

TEST_CASE("tiff: a comment is the description of a picture that has none") {
  ImageInfo info = picture();
  info.metadata.text.push_back({"Comment", "caf\xe9", TextEntry::Encoding::latin1, false, {}, {}});
  std::vector<std::string> warnings;
  const Metadata metadata = read_back(encoded(info, ByteOrder::little, &warnings));
  REQUIRE(metadata.text.size() == 1);
  CHECK(metadata.text[0].keyword == "Description");
  CHECK(metadata.text[0].text == "caf\xc3\xa9");
  CHECK(warnings.empty());
  info.metadata.text.push_back({"Description", "a lake", TextEntry::Encoding::latin1, false, {}, {}});
  CHECK(read_back(encoded(info, ByteOrder::little, &warnings)).text[0].text == "a lake");
  CHECK(warnings == std::vector<std::string>{"TIFF cannot hold the text 'Comment'"});
}

TEST_CASE("tiff: tags that nobody knows are named") {
  const Metadata metadata = metadata_of([](TiffFile& file) {
    for (int tag = 60000; tag < 60010; ++tag) file.set(tag, 3, {1});
    file.set(301, 3, {1});
  });
  CHECK(metadata.not_carried ==
        std::vector<std::string>{"tags 301, 60000, 60001, 60002, 60003, 60004, 60005, 60006 and 3 more"});
  CHECK(metadata.exif.empty());
}

TEST_CASE("tiff: the language of a text is lost, and said") {
  ImageInfo info = picture();
  TextEntry entry;
  entry.keyword = "Description";
  entry.text = "ein Bild";
  entry.encoding = TextEntry::Encoding::utf8;
  entry.language = "de";
  info.metadata.text = {entry};
  std::vector<std::string> warnings;
  const Metadata metadata = read_back(encoded(info, ByteOrder::little, &warnings));
  CHECK(warnings == std::vector<std::string>{"TIFF cannot hold the language of the text 'Description'"});
  REQUIRE(metadata.text.size() == 1);
  CHECK(metadata.text[0].text == "ein Bild");
}

TEST_CASE("tiff: what it cannot hold is warned of") {
  ImageInfo info = picture();
  TextEntry entry;
  entry.keyword = "Poem";
  info.metadata.text.push_back(entry);
  info.metadata.srgb_intent = 1;
  info.metadata.icc = icc_profile_for("CMYK", 200);
  info.metadata.exif = to_bytes("no EXIF");
  std::vector<std::string> warnings;
  (void)encoded(info, ByteOrder::little, &warnings);
  CHECK(warnings == std::vector<std::string>{"TIFF cannot hold sRGB's rendering intent",
                                             "the ICC profile of 200 bytes is not kept: its colour space 'CMYK' is not "
                                             "that of RGB pixels",
                                             "TIFF cannot hold the text 'Poem'",
                                             "TIFF cannot hold of EXIF its 7 bytes: they are damaged"});
}

TEST_CASE("tiff: metadata past the limit is an error") {
  ImageInfo info = picture();
  info.metadata.icc = icc_profile_for("RGB ", 301);
  const Bytes file = encoded(info, ByteOrder::little);
  Limits limits;
  limits.max_metadata_bytes = 300;
  require_error(ErrorCode::limit_exceeded, "memory: tag 34675 of 301 bytes passes max_metadata_bytes",
                [&] { (void)open_reader(Source::memory(file), limits); });
}

}  // namespace
}  // namespace imgbuf::test
