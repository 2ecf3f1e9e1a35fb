#include <catch2/catch.hpp>
#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"

using imgbuf::BackgroundColor;

TEST_CASE("BackgroundColor reads hexadecimal digits of one, two and four a channel", "[pixel]") {
  CHECK(BackgroundColor::parse("#f0a") == BackgroundColor{65535, 0, 0xAAAA});
  CHECK(BackgroundColor::parse("#102030") == BackgroundColor{0x1010, 0x2020, 0x3030});
  CHECK(BackgroundColor::parse("#AbCdEf") == BackgroundColor{0xABAB, 0xCDCD, 0xEFEF});
  CHECK(BackgroundColor::parse("#00010203fffe") == BackgroundColor{0x0001, 0x0203, 0xFFFE});
}

TEST_CASE("BackgroundColor reads three decimal bytes", "[pixel]") {
  CHECK(BackgroundColor::parse("0,128,255") == BackgroundColor{0, 128 * 257, 65535});
  CHECK(BackgroundColor::parse("1,02,3") == BackgroundColor{257, 514, 771});
}

TEST_CASE("BackgroundColor reads the 16 basic colour names in any case", "[pixel]") {
  const std::pair<const char*, const char*> names[] = {
      {"black", "#000000"},  {"silver", "#c0c0c0"}, {"gray", "#808080"},   {"white", "#ffffff"},
      {"maroon", "#800000"}, {"red", "#ff0000"},    {"purple", "#800080"}, {"fuchsia", "#ff00ff"},
      {"green", "#008000"},  {"lime", "#00ff00"},   {"olive", "#808000"},  {"yellow", "#ffff00"},
      {"navy", "#000080"},   {"blue", "#0000ff"},   {"teal", "#008080"},   {"aqua", "#00ffff"},
  };
  for (const auto& [name, hex] : names) {
    CAPTURE(name);
    CHECK(BackgroundColor::parse(name) == BackgroundColor::parse(hex));
  }
  CHECK(BackgroundColor::parse("White") == BackgroundColor{});
  CHECK(BackgroundColor::parse("NAVY") == BackgroundColor::parse("navy"));
}

TEST_CASE("BackgroundColor refuses what is not a colour and names it", "[pixel]") {
  for (const std::string text :
       {"",           "#",       "#1",     "#12",     "#1234",           "#12345",         "#1234567",
        "#ggg",       "#-12",    "# 12",   "#+1+1+1", "#0x10x10x1",      "#0000000000000", "1,2",
        "1,2,3,4",    "1,2,",    ",,",     ",2,3",    "256,0,0",         "-1,0,0",         "1.5,0,0",
        "1, 2,3",     "1,2,3 ",  "+1,2,3", "0x1,2,3", "99999999999,0,0", "orange",         "white ",
        "rgb(1,2,3)", "\xC3\xA9"}) {
    CAPTURE(text);
    try {
      (void)BackgroundColor::parse(text);
      FAIL("accepted");
    } catch (const imgbuf::Error& error) {
      CHECK(error.code() == imgbuf::ErrorCode::invalid_argument);
      CHECK(error.reason().find("'" + text + "'") != std::string::npos);
    }
  }
}
