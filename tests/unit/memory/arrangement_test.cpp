#include "imgbuf/arrangement.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <set>
#include <span>

#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

constexpr std::ptrdiff_t largest = std::numeric_limits<std::ptrdiff_t>::max();

TEST_CASE("arrangements are read and written") {
  for (const char* text : {"contiguous", "rows", "strips:16", "strips:1", "planes", "contiguous:shared", "rows:shared",
                           "strips:64:shared", "planes:shared"})
    CHECK(Arrangement::parse(text).to_string() == text);
  CHECK(Arrangement::parse("strips") == Arrangement::strips(16));
  CHECK(Arrangement::parse("strips:shared") == Arrangement::strips(16).in_shared_memory());
  CHECK_FALSE(Arrangement::parse("strips:64:shared") == Arrangement::strips(64));
  for (const char* text : {"", "strips:", "strips:0", "strips:-1", "strips:1x", "strips:99999999999999999999", "row",
                           "Rows", ":shared", "shared", "rows:shared:shared", "strips::shared"})
    CHECK_THROWS_WITH(Arrangement::parse(text), Catch::Contains(std::string("'") + text + "'"));
}

TEST_CASE("every arrangement gives every element a place of its own inside its segments") {
  for (const char* text :
       {"contiguous", "rows", "strips:1", "strips:4", "strips:16", "planes", "strips:4:shared", "planes:shared"})
    for (const std::ptrdiff_t height : {0, 1, 3, 15, 16, 17})
      for (const std::ptrdiff_t width : {0, 1, 5})
        for (const std::ptrdiff_t channels : {0, 1, 3})
          for (const std::ptrdiff_t alignment : {1, 64}) {
            Arrangement arrangement = Arrangement::parse(text);
            arrangement.row_alignment = alignment;
            CAPTURE(text, height, width, channels, alignment);
            const ArrangedMemory memory = allocate_arranged(height, width, channels, ElementType::u16, arrangement);
            REQUIRE(memory.layout.rank() == 3);
            REQUIRE(memory.layout.extent(0) == height);
            REQUIRE(memory.layout.extent(1) == width);
            REQUIRE(memory.layout.extent(2) == channels);
            std::set<std::byte*> places;
            for (std::ptrdiff_t y = 0; y < height; ++y)
              for (std::ptrdiff_t x = 0; x < width; ++x)
                for (std::ptrdiff_t c = 0; c < channels; ++c) {
                  const std::ptrdiff_t index[] = {y, x, c};
                  std::byte* const p = memory.layout.address(memory.origin, index);
                  REQUIRE(memory.storage.find(p, 2) != nullptr);
                  if (x == 0 && (c == 0 || arrangement.kind == Arrangement::Kind::planes))
                    REQUIRE(reinterpret_cast<std::uintptr_t>(p) % static_cast<std::uintptr_t>(alignment) == 0);
                  std::memset(p, 0xA5, 2);
                  places.insert(p);
                }
            REQUIRE(static_cast<std::ptrdiff_t>(places.size()) == height * width * channels);
          }
}

TEST_CASE("arrangements have the indirections and segments that they promise") {
  const auto made = [](const char* text) {
    return allocate_arranged(40, 10, 3, ElementType::u8, Arrangement::parse(text));
  };
  CHECK(made("contiguous").layout.indirections() == 0);
  CHECK(made("contiguous").storage.segments().size() == 1);
  CHECK(made("rows").layout.indirections() == 1);
  CHECK(made("rows").storage.segments().size() == 2);
  CHECK(made("strips:16").storage.segments().size() == 4);
  CHECK(made("strips:16").storage.segments()[2].bytes == 8 * 30);  // the last strip is short
  CHECK(made("planes").layout.indirections() == 2);
  CHECK(made("planes").storage.segments().size() == 4);
  for (const char* text : {"rows", "strips:16", "planes"}) {
    const ArrangedMemory memory = made(text);
    CHECK(memory.storage.segments().back().access == Access::read_only);  // the pointers are nobody's pixels
    CHECK(memory.storage.segments().front().access == Access::read_write);
  }
}

/// The bytes of the pixels' reservation, as the segments show it, of the tables and of the list of segments.
std::ptrdiff_t visible_bytes(const ArrangedMemory& memory) {
  const std::span<const Segment> segments = memory.storage.segments();
  const std::size_t pixel_segments = segments.size() - (memory.layout.is_direct() ? 0 : 1);
  std::ptrdiff_t bytes = static_cast<std::ptrdiff_t>(segments.size_bytes());
  if (pixel_segments != 0) {
    const Segment& last = segments[pixel_segments - 1];
    bytes += last.data + last.bytes - segments[0].data;
  }
  if (!memory.layout.is_direct()) bytes += static_cast<std::ptrdiff_t>(segments.back().bytes);
  return bytes;
}

TEST_CASE("the bytes of an arrangement cover all that it takes") {
  const auto shown = [](std::ptrdiff_t pixels, std::ptrdiff_t pointers, std::ptrdiff_t segments) {
    return pixels + pointers * 8 + segments * static_cast<std::ptrdiff_t>(sizeof(Segment));
  };
  const auto bytes = [](const char* text) {
    return arranged_bytes(40, 10, 3, ElementType::u8, Arrangement::parse(text));
  };
  CHECK(bytes("contiguous") >= shown(40 * 30, 0, 1));
  CHECK(bytes("rows") >= shown(40 * 30, 40, 2));
  CHECK(bytes("strips:1") >= shown(40 * 64, 40, 41));  // a strip starts at a multiple of 64 bytes
  CHECK(bytes("planes") >= shown(3 * 448, 3 + 3 * 40, 4));
  CHECK(bytes("contiguous:shared") >= 4096);  // at least a page
  CHECK(bytes("planes") <= shown(3 * 448, 3 + 3 * 40, 4) + 1000);
  for (const char* text : {"contiguous", "rows", "strips:1", "strips:7", "planes", "strips:1:shared"})
    for (const std::ptrdiff_t height : {0, 1, 1000, 200000})
      for (const std::ptrdiff_t alignment : {1, 256}) {
        Arrangement arrangement = Arrangement::parse(text);
        arrangement.row_alignment = alignment;
        CAPTURE(text, height, alignment);
        CHECK(arranged_bytes(height, 1, 1, ElementType::u8, arrangement) >=
              visible_bytes(allocate_arranged(height, 1, 1, ElementType::u8, arrangement)));
      }
}

TEST_CASE("sizes that do not fit are refused before anything is allocated") {
  for (const char* text : {"contiguous", "rows", "strips:16", "planes"}) {
    CAPTURE(text);
    require_error(ErrorCode::invalid_layout, "the bytes of the picture do not fit the address space",
                  [&] { (void)allocate_arranged(largest / 4, 2, 3, ElementType::u16, Arrangement::parse(text)); });
    require_error(ErrorCode::invalid_argument, "a picture of 3 x -1 with 1 channels has a negative size",
                  [&] { (void)arranged_bytes(-1, 3, 1, ElementType::u8, Arrangement::parse(text)); });
  }
  CHECK_THROWS_AS(arranged_bytes(largest / 2, 1, 1, ElementType::u8, Arrangement::strips(1)), Error);
  Arrangement unaligned;
  unaligned.row_alignment = 3;
  require_error(ErrorCode::invalid_argument, "a row alignment of 3 is no power of two",
                [&] { (void)arranged_bytes(1, 1, 1, ElementType::u8, unaligned); });
  require_error(ErrorCode::invalid_argument, "a strip needs at least one row, not 0",
                [&] { (void)arranged_bytes(1, 1, 1, ElementType::u8, Arrangement::strips(0)); });
}

}  // namespace
