#include "imgbuf/item_format.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;
using Names = std::vector<std::string>;

ItemFormat item(Format format, std::vector<ItemAxis> axes = {}) {
  return {format, std::move(axes)};
}

constexpr ElementType u8 = ElementType::u8;
constexpr ElementType f32 = ElementType::f32;
constexpr Format u16_big{ElementType::u16, ByteOrder::big};
constexpr Format u16_little{ElementType::u16, ByteOrder::little};

struct Case {
  const char* text;
  ItemFormat item;
  const char* canonical;
};

TEST_CASE("formats of equal elements are read as axes and written back") {
  const ItemAxis rgb{3, {"r", "g", "b"}};
  const ItemAxis xy{2, {"x", "y"}};
  const std::vector<Case> cases{
      // Scalars.
      {"B", item(u8), "B"},
      {"1B", item(u8), "B"},
      {"T{B}", item(u8), "B"},
      {"T{T{1?}}", item(u8), "B"},
      {">H", item(u16_big), ">H"},
      {"!H", item(u16_big), ">H"},
      // Counts repeat, as in struct.
      {"3B", item(u8, {{3, {}}}), "3B"},
      {"BBB", item(u8, {{3, {}}}), "3B"},
      {"B2B", item(u8, {{3, {}}}), "3B"},
      {"T{3B}", item(u8, {{3, {}}}), "3B"},
      {"Bc?", item(u8, {{3, {}}}), "3B"},
      {"2T{3B}", item(u8, {{2, {}}, {3, {}}}), "(2,3)B"},
      {"T{3B}T{3B}", item(u8, {{2, {}}, {3, {}}}), "(2,3)B"},
      // Shapes are axes, whatever they hold.
      {"(3)B", item(u8, {{3, {}}}), "3B"},
      {"(1)B", item(u8, {{1, {}}}), "(1)B"},
      {"(2,3)f", item(f32, {{2, {}}, {3, {}}}), "(2,3)f"},
      {"( 2 ,3 )f", item(f32, {{2, {}}, {3, {}}}), "(2,3)f"},
      {"(2)3f", item(f32, {{2, {}}, {3, {}}}), "(2,3)f"},
      {"(2)B(2)B(2)B", item(u8, {{3, {}}, {2, {}}}), "(3,2)B"},
      {"(2)1T{(1)B}", item(u8, {{2, {}}, {1, {}}}), "(2,1)B"},
      // Names make an axis, also of one member.
      {"T{B:r:B:g:B:b:}", item(u8, {rgb}), "T{B:r:B:g:B:b:}"},
      {"B:r:B:g:B:b:", item(u8, {rgb}), "T{B:r:B:g:B:b:}"},
      {"T{B:r:}", item(u8, {{1, {"r"}}}), "T{B:r:}"},
      {"T{BB:g:B}", item(u8, {{3, {"", "g", ""}}}), "T{BB:g:B}"},
      {"T{B::B::}", item(u8, {{2, {}}}), "2B"},
      {"T{B: }{T}2:B:B:}", item(u8, {{2, {" }{T}2", "B"}}}), "T{B: }{T}2:B:B:}"},
      {"T{(2,3)f:x:}", item(f32, {{1, {"x"}}, {2, {}}, {3, {}}}), "T{(2,3)f:x:}"},
      {"T{2f:x:2f:y:}", item(f32, {xy, {2, {}}}), "T{2f:x:2f:y:}"},
      {"4T{f:x:f:y:}", item(f32, {{4, {}}, xy}), "4T{f:x:f:y:}"},
      {"(4,1)T{f:x:f:y:}", item(f32, {{4, {}}, {1, {}}, xy}), "(4,1)T{f:x:f:y:}"},
      {"T{f:x:f:y:}3T{f:x:f:y:}", item(f32, {{4, {}}, xy}), "4T{f:x:f:y:}"},
      {"T{T{f:x:f:y:}:a:T{f:x:f:y:}:b:}", item(f32, {{2, {"a", "b"}}, xy}), "T{T{f:x:f:y:}:a:T{f:x:f:y:}:b:}"},
      // White space between members.
      {" B\t B\nB ", item(u8, {{3, {}}}), "3B"},
      {"T{ B:r: B:g: }", item(u8, {{2, {"r", "g"}}}), "T{B:r:B:g:}"},
      {"> H H", item(u16_big, {{2, {}}}), ">2H"},
      // A byte order holds until the next, and what NumPy 1.24 writes.
      {"T{>H:r:H:g:}", item(u16_big, {{2, {"r", "g"}}}), ">T{H:r:H:g:}"},
      {"T{>H}H", item(u16_big, {{2, {}}}), ">2H"},
      {"T{(2,3)>H:a:(2,3)H:b:}", item(u16_big, {{2, {"a", "b"}}, {2, {}}, {3, {}}}), ">T{(2,3)H:a:(2,3)H:b:}"},
      {"T{>B:r:<B:g:}", item(u8, {{2, {"r", "g"}}}), "T{B:r:B:g:}"},
      {"<H@H=H^H", item(u16_little, {{4, {}}}), "4H"},
  };
  for (const Case& c : cases) {
    if (c.item.format == u16_little && !u16_little.is_native()) continue;
    INFO(c.text);
    const ItemFormat read = ItemFormat::parse(c.text);
    CHECK(read.format == c.item.format);
    CHECK(read.axes == c.item.axes);
    CHECK(read.pep3118() == c.canonical);
    CHECK(ItemFormat::parse(read.pep3118()) == read);
  }
}

TEST_CASE("an item has the bytes of all its elements") {
  CHECK(ItemFormat::parse("d").itemsize() == 8);
  CHECK(ItemFormat::parse("T{3H:a:3H:b:}").itemsize() == 12);
  CHECK(ItemFormat::parse("9223372036854775807B").itemsize() == 9223372036854775807);
}

void refused(const std::string& text, const std::string& position, const std::string& why) {
  require_error(ErrorCode::unsupported, "position " + position + ": element format '" + text + "' " + why,
                [&] { (void)ItemFormat::parse(text); });
}

TEST_CASE("elements that are not alike are refused with their position") {
  refused("T{B:r:H:g:}", "6", "has elements of different types or byte orders");
  refused("T{<H:r:>H:g:}", "7", "has elements of different types or byte orders");
  refused("T{Bb}", "3", "has elements of different types or byte orders");
  refused("BT{Bf}", "4", "has elements of different types or byte orders");
  refused("T{B:r:2B:gb:}", "6", "has members of different shapes");
  refused("B(1)B", "1", "has members of different shapes");
  refused("BT{2B}", "1", "has structures with different axes or names");
  refused("T{B:r:B:g:}T{B:x:B:y:}", "11", "has structures with different axes or names");
  refused("T{B:r:xB:b:}", "6", "has padding, and an axis has its elements side by side");
  refused("3x", "1", "has padding, and an axis has its elements side by side");
}

TEST_CASE("what is no element type is refused by its code") {
  refused("Q", "0", "has 64-bit integers, which imgbuf does not hold");
  refused("=q", "1", "has 64-bit integers, which imgbuf does not hold");
  refused("BB=n", "3", "has a code that exists in native mode only");
  for (const std::string code : {"s", "p", "P", "O", "g", "&B", "Zf", "X{}", "u", "T", "{", ")", ":r:"})
    refused(code, "0", "has '" + code.substr(0, 1) + "', which is no element type of imgbuf");
  refused("@@B", "1", "has '@', which is no element type of imgbuf");
  refused("1 B", "1", "has ' ', which is no element type of imgbuf");
}

TEST_CASE("what is no format is refused with the position") {
  refused("", "0", "has no element");
  refused("T{}", "2", "has no element");
  refused(" ", "0", "has no element");
  refused("3", "1", "ends before a code");
  refused("B>", "2", "ends before a code");
  refused("T{B", "3", "ends inside a structure");
  refused("B}", "1", "closes a structure that was not opened");
  refused("T{B:r}", "3", "has a name that is not closed");
  refused("(2B", "0", "has a shape that is not closed");
  refused("(2,)B", "3", "has a shape without an extent");
  refused("()B", "1", "has a shape without an extent");
  refused("(-1)B", "1", "has a shape without an extent");
  refused("0B", "0", "has a count of 0");
  refused("(2,0)B", "3", "has a count of 0");
}

TEST_CASE("hostile formats are refused without much work") {
  refused("9223372036854775808B", "0", "has more bytes than fit");
  refused("99999999999999999999999999B", "0", "has more bytes than fit");
  refused("4611686018427387904H", "0", "has more bytes than fit");
  refused("(3037000500,3037000500)B", "0", "has more bytes than fit");
  refused("4611686018427387904B4611686018427387904B", "20", "has more bytes than fit");
  refused("2T{4611686018427387904B}", "0", "has more bytes than fit");

  const auto repeated = [](const std::string& piece, int times) {
    std::string text;
    while (times-- > 0) text += piece;
    return text;
  };
  CHECK(ItemFormat::parse(repeated("T{", 32) + "B" + repeated("}", 32)) == item(u8));
  CHECK_THROWS_WITH(ItemFormat::parse(repeated("T{", 33) + "B" + repeated("}", 33)),
                    Catch::StartsWith("position 64: ") && Catch::EndsWith(" has more than 32 nested structures"));
  const std::string shape64 = "(1" + repeated(",1", 63) + ")";
  CHECK(ItemFormat::parse(shape64 + "B").axes.size() == 64);
  CHECK_THROWS_WITH(ItemFormat::parse("(1," + shape64.substr(1) + "B"), Catch::EndsWith(" has more than 64 axes"));
  CHECK_THROWS_WITH(ItemFormat::parse(shape64 + "2B"), Catch::EndsWith(" has more than 64 axes"));
  CHECK(ItemFormat::parse(std::string(65536, 'B')).axes == std::vector<ItemAxis>{{65536, {}}});
  CHECK_THROWS_WITH(ItemFormat::parse(std::string(65537, 'B')),
                    Catch::StartsWith("position 65536: ") && Catch::EndsWith(" has more than 65536 characters"));
}

TEST_CASE("messages about formats stay on one short line") {
  refused("H" + std::string(63, 'B'), "1", "has elements of different types or byte orders");
  require_error(
      ErrorCode::unsupported,
      "position 1: element format 'H" + std::string(63, 'B') + "…' has elements of different types or byte orders",
      [] { (void)ItemFormat::parse("H" + std::string(99, 'B')); });
  require_error(ErrorCode::unsupported, "position 0: element format '?B' has a character that is no code",
                [] { (void)ItemFormat::parse(std::string("\0B", 2)); });
  require_error(ErrorCode::unsupported, "position 4: element format 'B?B ?!' has a character that is no code",
                [] { (void)ItemFormat::parse("B\nB \x7F!"); });
}

}  // namespace
