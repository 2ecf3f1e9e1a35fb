#include "imgbuf/format.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

TEST_CASE("formats are read with their byte order and written back") {
  CHECK(Format::parse("B") == Format(ElementType::u8));
  CHECK(Format::parse(">H") == Format(ElementType::u16, ByteOrder::big));
  CHECK(Format::parse("!f") == Format(ElementType::f32, ByteOrder::big));
  CHECK(Format::parse("<d") == Format(ElementType::f64, ByteOrder::little));
  CHECK(Format::parse("=1e") == Format(ElementType::f16));
  CHECK(Format::parse("<L") == Format(ElementType::u32, ByteOrder::little));
  CHECK(Format::parse("?") == Format(ElementType::u8));
  CHECK(Format::parse("c") == Format(ElementType::u8));
  for (const char* text : {"B", "b", "H", "h", "I", "i", "e", "f", "d", ">H", ">d"})
    CHECK(Format::parse(text).pep3118() == text);
  CHECK(Format::parse(">B").pep3118() == "B");  // one byte has no order
  CHECK(Format::parse(">b").is_native());
}

TEST_CASE("formats that are no element type are refused by name") {
  for (const std::string text :
       {"", "x", "Q", "=q", "2B", "BB", "T{B:r:B:g:}", "Zf", "11B", "s", "P", ">", "=N", "@@B"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(Format::parse(text), Catch::Contains("'" + text + "'"));
  }
  require_error(ErrorCode::unsupported, "element format '2B' is not one scalar", [] { (void)Format::parse("2B"); });
}

}  // namespace
