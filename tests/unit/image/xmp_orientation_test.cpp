#include "image/xmp_orientation.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "support/temporary_directory.hpp"

using namespace imgbuf;
using namespace imgbuf::image;
using imgbuf::test::to_bytes;
using imgbuf::test::to_text;

namespace {

std::string with(Orientation orientation, const std::string& xmp) {
  Blob blob = to_bytes(xmp);
  set_xmp_orientation(blob, orientation);
  return to_text(blob);
}

}  // namespace

TEST_CASE("XMP's orientation is found as attribute and as element") {
  const auto upright = Orientation::upright;
  CHECK(with(upright, "<a tiff:Orientation = '8' b='8'/>") == "<a tiff:Orientation = '1' b='8'/>");
  CHECK(with(upright, "<tiff:Orientation>3</tiff:Orientation>") == "<tiff:Orientation>1</tiff:Orientation>");
  CHECK(with(Orientation::rotate_90, "<a tiff:Orientation=\"1\"/>") == "<a tiff:Orientation=\"6\"/>");
  CHECK(with(upright, "tiff:Orientation") == "tiff:Orientation");
  CHECK(with(upright, "tiff:Orientation=\"") == "tiff:Orientation=\"");
  CHECK(with(upright, "tiff:Orientation5") == "tiff:Orientation5");
  CHECK(with(upright, "").empty());
  CHECK(with(upright, "<tiff:Orientation>\n 6 </tiff:Orientation>\n 7 ") ==
        "<tiff:Orientation>\n 1 </tiff:Orientation>\n 7 ");
}

TEST_CASE("digits behind the name of XMP's orientation that are none stay") {
  for (const std::string text :
       {"<dc:description>tag tiff:Orientation 6 means</dc:description>", "<a tiff:Orientation=\"60\"/>",
        "<a tiff:Orientation=\"6'/>", "<a tiff:Orientation=6/>", "<tiff:Orientation>61</tiff:Orientation>",
        "<tiff:Orientation>9</tiff:Orientation>", "<tiff:Orientation></tiff:Orientation>6<"}) {
    CAPTURE(text);
    CHECK(with(Orientation::upright, text) == text);
    CHECK(is_xmp_upright(to_bytes(text)));
  }
}

TEST_CASE("XMP is upright when it says nothing else") {
  CHECK(is_xmp_upright({}));
  CHECK(is_xmp_upright(to_bytes("<a tiff:Orientation='1'/>")));
  CHECK(!is_xmp_upright(to_bytes("<a tiff:Orientation='1'/><tiff:Orientation>6</tiff:Orientation>")));
}
