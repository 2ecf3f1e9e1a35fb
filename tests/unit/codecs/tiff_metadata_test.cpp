#include <catch2/catch.hpp>

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

TEST_CASE("tiff: units of resolution") {
  const auto kept = [](const Resolution& resolution) {
    ImageInfo info = picture();
    info.metadata.resolution = resolution;
    return read_back(encoded(info, ByteOrder::little)).resolution.value();
  };
  using Unit = Resolution::Unit;
  CHECK(kept({3, 2, Unit::unit_less}) == Resolution{3, 2, Unit::unit_less});
  CHECK(kept({118, 59, Unit::per_centimetre}) == Resolution{118, 59, Unit::per_centimetre});
  CHECK(kept({11811, 5906, Unit::per_metre}) == Resolution{118, 59, Unit::per_centimetre});
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
                                             "TIFF cannot hold all of EXIF: some of its first directory is left out"});
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
