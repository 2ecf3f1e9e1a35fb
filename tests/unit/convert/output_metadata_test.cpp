#include "convert/output_metadata.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"

using namespace imgbuf;
using namespace imgbuf::conversion;
using imgbuf::test::to_bytes;
using imgbuf::test::to_text;

namespace {

TextEntry note(const std::string& keyword) {
  TextEntry entry;
  entry.keyword = keyword;
  entry.text = "text";
  return entry;
}

Metadata full() {
  Metadata metadata;
  metadata.icc = to_bytes("profile");
  metadata.icc_name = "name";
  // Little-endian TIFF with one entry: 0x0112, SHORT, 1 value, 6.
  metadata.exif = to_bytes(std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", 26));
  metadata.xmp = to_bytes("<x tiff:Orientation=\"6\"/>");
  metadata.resolution = Resolution{300, 150, Resolution::Unit::per_inch};
  metadata.gamma_100000 = 45455;
  metadata.srgb_intent = 1;
  metadata.text = {note("Comment")};
  metadata.not_carried = {"chunk bKGD"};
  return metadata;
}

}  // namespace

TEST_CASE("metadata stays as it is without geometry") {
  CHECK(output_metadata(full(), {}, {}).metadata == full());
}

TEST_CASE("stripping keeps what says which colours are meant") {
  const Metadata kept = output_metadata(full(), {}, MetadataParts::colors()).metadata;
  Metadata expected;
  expected.icc = full().icc;
  expected.icc_name = "name";
  expected.gamma_100000 = 45455;
  expected.srgb_intent = 1;
  CHECK(kept == expected);
}

TEST_CASE("metadata of a turned picture says upright, and its resolution turns too") {
  Geometry geometry;
  geometry.region = {0, 0, 3, 2};
  geometry.oriented = true;
  geometry.orientation = Orientation::rotate_90;
  const Metadata turned = output_metadata(full(), geometry, {}).metadata;
  CHECK(orientation(full()) == Orientation::rotate_90);
  CHECK(orientation(turned) == Orientation::upright);
  CHECK(to_text(turned.xmp) == "<x tiff:Orientation=\"1\"/>");
  CHECK(turned.resolution == Resolution{150, 300, Resolution::Unit::per_inch});

  geometry.orientation = Orientation::flip_horizontal;
  CHECK(output_metadata(full(), geometry, {}).metadata.resolution == full().resolution);
}

TEST_CASE("a thumbnail is lost where the picture is another, and only where it was kept") {
  Metadata input;
  input.photoshop = to_bytes(std::string("8BIM\x04\x0c\0\0\0\0\0\x02TN", 14));
  const auto losses = [&](const Geometry& geometry, const MetadataParts& parts) {
    const OutputMetadata output = output_metadata(input, geometry, parts);
    CHECK(output.metadata.photoshop.empty() == (parts.iptc ? !output.losses.empty() : true));
    return output.losses;
  };
  const std::vector<std::string> lost{"Photoshop's thumbnail is left out: it shows the picture as it was"};
  Geometry cropped;
  cropped.region = {1, 1, 2, 1};
  cropped.cropped = true;
  Geometry flipped;
  flipped.region = {0, 0, 3, 2};
  flipped.orientation = Orientation::flip_vertical;
  CHECK(losses({}, {}).empty());
  CHECK(losses(cropped, {}) == lost);
  CHECK(losses(flipped, {}) == lost);
  CHECK(losses(cropped, MetadataParts::colors()).empty());
}

TEST_CASE("metadata that came late is named") {
  Metadata before;
  before.text = {note("Title")};
  Metadata after = before;
  CHECK(late_metadata(before, after).empty());
  after.text.push_back(note("Comment"));
  after.exif = full().exif;
  after.xmp = full().xmp;
  CHECK(late_metadata(before, after) == std::vector<std::string>{"text 'Comment'", "EXIF", "XMP"});
}
