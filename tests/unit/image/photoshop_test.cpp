#include "imgbuf/photoshop.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "support/temporary_directory.hpp"

using namespace imgbuf;
using imgbuf::test::to_bytes;
using imgbuf::test::to_text;
using namespace std::string_literals;

namespace {

const std::string other = "8BIM\x03\xed\x02xy\0\0\0\0\x03"s + "abc\0"s;
const std::string odd = "8BIM\x04\x04\0\0\0\0\0\x05"s + "first\0"s;
const std::string even = "8BIM\x04\x04\0\0\0\0\0\x06"s + "second"s;

std::string with_iptc(const std::string& blob, const std::string& datasets) {
  Metadata metadata;
  metadata.photoshop = to_bytes(blob);
  set_iptc(metadata, to_bytes(datasets));
  CHECK(to_text(iptc(metadata)) == datasets);
  return to_text(metadata.photoshop);
}

std::string iptc_of(const std::string& blob) {
  Metadata metadata;
  metadata.photoshop = to_bytes(blob);
  return to_text(iptc(metadata));
}

}  // namespace

TEST_CASE("photoshop's blocks are told apart up to the first that is malformed") {
  const Blob blob = to_bytes(other + odd + "8BIM cut");
  const auto resources = photoshop_resources(blob);
  REQUIRE(resources.size() == 2);
  CHECK(resources[0].id == 1005);
  CHECK(resources[0].name == "xy");
  CHECK(resources[0].data.size() == 3);
  CHECK(resources[1].id == PhotoshopResource::iptc_id);
  CHECK(resources[1].data.data() == blob.data() + other.size() + 12);
}

TEST_CASE("a blob cut anywhere has the blocks before the cut") {
  const std::string whole = other + odd;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Blob cut = to_bytes(whole.substr(0, size));
    // Padding at the end of all may lack.
    const std::size_t expected = size < other.size() - 1 ? 0 : size < whole.size() - 1 ? 1 : 2;
    CHECK(photoshop_resources(cut).size() == expected);
  }
}

TEST_CASE("IPTC is the first of its blocks") {
  CHECK(iptc_of("").empty());
  CHECK(iptc_of(other).empty());
  CHECK(iptc_of(other + odd + even) == "first");
}

TEST_CASE("IPTC is replaced where it stands and every other byte stays") {
  CHECK(with_iptc("", "first") == odd);
  CHECK(with_iptc("", "second") == even);
  CHECK(with_iptc(odd + other, "second") == even + other);
  CHECK(with_iptc(other + odd + other, "second") == other + even + other);
  CHECK(with_iptc(other + odd + other + even + "8BIM cut", "second") == other + even + other + "8BIM cut");
  CHECK(with_iptc(other, "first") == odd + other);
  CHECK(with_iptc("no blocks", "first") == odd + "no blocks");
}

TEST_CASE("no IPTC takes all its blocks away") {
  CHECK(with_iptc("", "").empty());
  CHECK(with_iptc(other, "") == other);
  CHECK(with_iptc(odd + other + even, "") == other);
}
