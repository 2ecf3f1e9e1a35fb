#include "imgbuf/metadata_changes.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/require_error.hpp"
#include "support/temporary_directory.hpp"

using namespace imgbuf;
using imgbuf::test::to_bytes;
using imgbuf::test::to_text;
using namespace std::string_literals;

namespace {

using Fraction = std::pair<unsigned, unsigned>;

/// Where the values of `exif` stand.
constexpr std::size_t x_at = 62;
constexpr std::size_t y_at = 70;

/// IFD0 with a width, resolutions along x and y, and their unit (none for 0).
Blob exif(bool little, Fraction x, Fraction y, unsigned unit, std::size_t y_place = y_at) {
  Blob bytes = to_bytes(little ? "II" : "MM");
  const auto put = [&](std::size_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<std::byte>(value >> (8 * (little ? i : size - 1 - i)) & 0xff));
  };
  const auto entry = [&](unsigned tag, unsigned type, std::size_t value) {
    put(tag, 2);
    put(type, 2);
    put(1, 4);
    put(value, type == 3 ? 2 : 4);
    if (type == 3) put(0, 2);
  };
  put(42, 2);
  put(8, 4);
  put(4, 2);
  entry(0x0100, 3, 300);
  entry(0x011A, 5, x_at);
  entry(0x011B, 5, y_place);
  entry(unit == 0 ? 0x0129 : 0x0128, 3, unit);
  put(0, 4);
  for (const Fraction& value : {x, y}) {
    put(value.first, 4);
    put(value.second, 4);
  }
  return bytes;
}

Blob exif(bool little, Fraction x, Fraction y, unsigned unit, const Resolution& resolution) {
  Metadata metadata;
  metadata.exif = exif(little, x, y, unit);
  set_resolution(metadata, resolution);
  CHECK(metadata.resolution == resolution);
  return metadata.exif;
}

const std::string iptc_block = "8BIM\x04\x04\0\0\0\0\0\x04text"s;

/// Photoshop's resources with a thumbnail of either kind, of an odd number of bytes.
Blob photoshop(bool with_thumbnails) {
  const std::string old_kind = "8BIM\x04\x09\0\0\0\0\0\x03old\0"s;
  const std::string new_kind = "8BIM\x04\x0c\0\0\0\0\0\x03new"s;
  return to_bytes(with_thumbnails ? old_kind + iptc_block + new_kind : iptc_block);
}

}  // namespace

TEST_CASE("metadata of an unchanged picture keeps every byte") {
  Metadata metadata;
  metadata.exif = exif(true, {300, 1}, {150, 1}, 2);
  metadata.photoshop = photoshop(true);
  metadata.resolution = Resolution{72, 36, Resolution::Unit::per_inch};
  const Metadata before = metadata;
  CHECK(adapt(metadata, {.width = 7, .height = 5}).empty());
  CHECK(metadata == before);
}

TEST_CASE("Photoshop's thumbnails go with the picture that they show, and its other resources stay") {
  Metadata metadata;
  metadata.photoshop = photoshop(true);
  const std::vector<std::string> losses = adapt(metadata, {.width = 7, .height = 5, .cut_or_turned = true});
  CHECK(losses == std::vector<std::string>{"Photoshop's thumbnail is left out: it shows the picture as it was"});
  CHECK(metadata.photoshop == photoshop(false));
  CHECK(adapt(metadata, {.width = 7, .height = 5, .cut_or_turned = true}).empty());
  CHECK(metadata.photoshop == photoshop(false));
}

TEST_CASE("resources behind a damaged one stay as they are") {
  const std::string damaged = "8BIM\x04\x0c\0\0\0\0\xff\x03new"s;
  Metadata metadata;
  metadata.photoshop = to_bytes(iptc_block + damaged);
  CHECK(adapt(metadata, {.width = 7, .height = 5, .cut_or_turned = true}).empty());
  CHECK(to_text(metadata.photoshop) == iptc_block + damaged);
}

TEST_CASE("resolutions along x and y change places with rows and columns, EXIF's too") {
  const bool little = GENERATE(true, false);
  Metadata metadata;
  metadata.exif = exif(little, {300, 1}, {302, 2}, 2);
  metadata.resolution = Resolution{72, 36, Resolution::Unit::per_inch};
  Metadata flipped = metadata;
  CHECK(adapt(metadata, {.width = 300, .height = 5, .cut_or_turned = true, .axes_swapped = true}).empty());
  CHECK(metadata.exif == exif(little, {302, 2}, {300, 1}, 2));
  CHECK(metadata.resolution == Resolution{36, 72, Resolution::Unit::per_inch});
  const Metadata before = flipped;
  CHECK(adapt(flipped, {.width = 300, .height = 5, .cut_or_turned = true}).empty());
  CHECK(flipped == before);
}

TEST_CASE("a resolution is set in EXIF where it says one") {
  const bool little = GENERATE(true, false);
  const auto set = [&](const Resolution& resolution, unsigned unit) {
    return exif(little, {300, 1}, {302, 2}, unit, resolution);
  };
  using Unit = Resolution::Unit;
  CHECK(set({72, 36, Unit::per_inch}, 3) == exif(little, {72, 1}, {36, 1}, 2));
  CHECK(set({72, 36, Unit::per_centimetre}, 2) == exif(little, {72, 1}, {36, 1}, 3));
  CHECK(set({2835, 36, Unit::per_metre}, 2) == exif(little, {2835, 100}, {36, 100}, 3));
  CHECK(set({2, 1, Unit::unit_less}, 2) == exif(little, {2, 1}, {1, 1}, 1));
  // Without a tag for the unit it is the inch.
  CHECK(set({72, 36, Unit::per_inch}, 0) == exif(little, {72, 1}, {36, 1}, 0));
  CHECK(set({100, 50, Unit::per_centimetre}, 0) == exif(little, {12700, 50}, {6350, 50}, 0));
  CHECK(set({4000000000, 50, Unit::per_metre}, 0) == exif(little, {101600000, 1}, {6350, 5000}, 0));
  CHECK(set({4000000000, 50, Unit::per_centimetre}, 0) == exif(little, {0xffffffff, 1}, {6350, 50}, 0));
  CHECK(set({2, 1, Unit::unit_less}, 0) == exif(little, {300, 1}, {302, 2}, 0));
}

TEST_CASE("a value that both resolutions share becomes two when they differ") {
  const bool little = GENERATE(true, false);
  Metadata metadata;
  metadata.exif = exif(little, {300, 1}, {9, 9}, 2, x_at);
  set_resolution(metadata, {72, 72, Resolution::Unit::per_inch});
  CHECK(metadata.exif == exif(little, {72, 1}, {9, 9}, 2, x_at));
  set_resolution(metadata, {72, 36, Resolution::Unit::per_inch});
  Blob expected = exif(little, {72, 1}, {9, 9}, 2, y_at + 8);
  const Blob value = exif(little, {9, 9}, {36, 1}, 2);
  expected.insert(expected.end(), value.begin() + y_at, value.end());
  CHECK(metadata.exif == expected);
}

TEST_CASE("damaged EXIF is not changed past its end for a resolution") {
  const bool little = GENERATE(true, false);
  const Blob whole = exif(little, {300, 1}, {150, 1}, 2);
  const auto change = [](Metadata metadata) {
    metadata.exif.shrink_to_fit();  // so that a sanitizer sees each step too far
    const std::size_t size = metadata.exif.size();
    (void)adapt(metadata, {.width = 1, .height = 1, .cut_or_turned = true, .axes_swapped = true});
    set_resolution(metadata, {72, 36, Resolution::Unit::per_inch});
    CHECK(metadata.exif.size() <= size + 9);
  };
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    Metadata metadata;
    metadata.exif.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    change(metadata);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned value : {0U, 1U, 8U, 0x3fU, 0x47U, 0xffU}) {
      Metadata metadata;
      metadata.exif = whole;
      metadata.exif[at] = static_cast<std::byte>(value);
      change(metadata);
    }
  }
}

TEST_CASE("values of resolutions that overlap or lie in the directory stay as they are") {
  const bool little = GENERATE(true, false);
  for (const std::size_t place : {x_at - 4, x_at + 4, std::size_t{10}, std::size_t{4}, std::size_t{500}}) {
    Metadata metadata;
    metadata.exif = exif(little, {300, 1}, {150, 1}, 2, place);
    const Blob before = metadata.exif;
    set_resolution(metadata, {72, 36, Resolution::Unit::per_inch});
    CHECK(metadata.exif == before);
  }
}

TEST_CASE("a changed picture without a size is an error that changes nothing") {
  for (const auto& [across, down] : {std::pair(0, 5), std::pair(5, 0), std::pair(-1, 5)}) {
    const PictureChange change{.width = across, .height = down, .cut_or_turned = true};
    Metadata metadata;
    metadata.exif = exif(true, {72, 1}, {72, 1}, 2);
    const Blob before = metadata.exif;
    const std::string size = std::to_string(across) + " x " + std::to_string(down);
    imgbuf::test::require_error(ErrorCode::invalid_argument, "a changed picture of " + size + " pixels",
                                [&] { (void)adapt(metadata, change); });
    CHECK(metadata.exif == before);
  }
  Metadata metadata;
  CHECK(adapt(metadata, {}).empty());  // unchanged, it needs none
}
