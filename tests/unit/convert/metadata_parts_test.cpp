#include "imgbuf/metadata_parts.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/require_error.hpp"

using namespace imgbuf;

namespace {

Metadata full() {
  const Blob bytes(4, std::byte{7});
  Metadata metadata;
  metadata.icc = bytes;
  metadata.icc_name = "name";
  metadata.exif = bytes;
  metadata.xmp = bytes;
  metadata.xmp_extended = bytes;
  metadata.xmp_extended_guid = std::string(32, '0');
  metadata.photoshop = bytes;
  metadata.resolution = Resolution{300, 300, Resolution::Unit::per_inch};
  metadata.gamma_100000 = 45455;
  metadata.chromaticities.emplace();
  metadata.srgb_intent = 1;
  metadata.text.emplace_back().keyword = "Comment";
  metadata.not_carried = {"chunk bKGD"};
  return metadata;
}

}  // namespace

TEST_CASE("by default all metadata is kept") {
  CHECK(MetadataParts{}.is_all());
  CHECK(MetadataParts{}.apply(full()) == full());
  CHECK(MetadataParts{}.dropped(full()).empty());
}

TEST_CASE("nothing of metadata can be kept") {
  CHECK_FALSE(MetadataParts::none().is_all());
  CHECK(MetadataParts::none().apply(full()) == Metadata{});
  CHECK(MetadataParts::none().dropped(full()) == std::vector<std::string>{"icc", "gamma", "chromaticities", "srgb",
                                                                          "exif", "xmp", "iptc", "resolution", "text"});
  CHECK(MetadataParts::none().dropped({}).empty());
}

TEST_CASE("what says which colours are meant can be kept alone") {
  Metadata expected;
  expected.icc = full().icc;
  expected.icc_name = "name";
  expected.gamma_100000 = 45455;
  expected.chromaticities.emplace();
  expected.srgb_intent = 1;
  CHECK(MetadataParts::colors().apply(full()) == expected);
}

TEST_CASE("parts of metadata are selected by name") {
  const MetadataParts all_named = [] {
    std::string list;
    for (const std::string_view name : MetadataParts::names()) list.append(list.empty() ? "" : ",").append(name);
    return MetadataParts::parse(list);
  }();
  CHECK(all_named.is_all());
  for (const std::string_view name : MetadataParts::names()) {
    CAPTURE(name);
    const MetadataParts one = MetadataParts::parse(name);
    std::vector<std::string> others;
    for (const std::string_view other : MetadataParts::names()) {
      if (other != name) others.emplace_back(other);
    }
    CHECK(one.dropped(full()) == others);
    CHECK(one.dropped(one.apply(full())).empty());
    CHECK(MetadataParts::none().dropped(one.apply(full())) == std::vector<std::string>{std::string(name)});
  }
  const MetadataParts two = MetadataParts::parse("exif,icc");
  CHECK((two.exif && two.icc && !two.xmp && !two.text));
}

TEST_CASE("parts of metadata that are none are errors that name those there are") {
  for (const std::string list : {"", "tiff", "icc,", ",icc", "icc,,exif", "ICC", "icc exif"}) {
    CAPTURE(list);
    CHECK_THROWS_AS(MetadataParts::parse(list), Error);
  }
  test::require_error(ErrorCode::invalid_argument,
                      "'tiff' is no part of metadata; there are icc, gamma, chromaticities, srgb, exif, xmp, iptc, "
                      "resolution, text",
                      [] { (void)MetadataParts::parse("icc,tiff"); });
}
