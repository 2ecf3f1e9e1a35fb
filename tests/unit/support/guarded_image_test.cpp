#include "support/guarded_image.hpp"

#include <catch2/catch.hpp>
#include <cstring>

namespace imgbuf::test {

namespace {

constexpr std::ptrdiff_t extents[][3] = {{0, 5, 3}, {4, 0, 3}, {0, 0, 1}, {1, 1, 1}, {1, 7, 3}, {8, 1, 4}, {7, 5, 3}};
constexpr ElementType types[] = {ElementType::u8, ElementType::u16, ElementType::f32, ElementType::f64};

// Writes where AddressSanitizer may have been told that nobody writes.
__attribute__((no_sanitize("address"), noinline)) void flip_bits(std::byte* at) {
  auto* byte = reinterpret_cast<volatile unsigned char*>(at);
  *byte = static_cast<unsigned char>(*byte ^ 0x55U);
}

}  // namespace

TEST_CASE("guarded images have the shape asked for and keep what is written", "[support]") {
  for (const Kind kind : all_kinds()) {
    for (const auto& [height, width, channels] : extents) {
      for (const ElementType type : types) {
        INFO(name(kind) << " " << height << "x" << width << "x" << channels << " " << to_string(type));
        const GuardedImage image(kind, height, width, channels, type);
        const AnyView view = image.view();
        REQUIRE(view.rank() == 3);
        CHECK(view.extent(0) == height);
        CHECK(view.extent(1) == width);
        CHECK(view.extent(2) == channels);
        CHECK(view.format().type() == type);

        fill_random(view, 7);
        const GuardedImage plain(Kind::contiguous, height, width, channels, type);
        fill_random(plain.view(), 7);
        CHECK(packed(view) == packed(plain.view()));
        fill_random(view, 8);
        if (!view.is_empty()) CHECK(packed(view) != packed(plain.view()));
        fill_from_packed(view, packed(plain.view()));
        CHECK(packed(view) == packed(plain.view()));
        CHECK(image.guards_intact());
      }
    }
  }
}

TEST_CASE("guarded images lie in memory as their kind says", "[support]") {
  const auto view = [](Kind kind) { return GuardedImage(kind, 7, 5, 3, ElementType::u16).view(); };
  CHECK(is_c_contiguous(view(Kind::contiguous).layout(), 2));
  CHECK(view(Kind::padded).layout().axis(0).byte_stride > 30);
  CHECK(reinterpret_cast<std::uintptr_t>(view(Kind::padded).origin()) % 2 == 1);
  CHECK(view(Kind::flipped).layout().axis(0).byte_stride < -30);
  CHECK(view(Kind::flipped).layout().axis(1).byte_stride == -6);
  CHECK(view(Kind::transposed).layout().axis(0).byte_stride == 6);
  CHECK(view(Kind::transposed).layout().axis(1).byte_stride > 7 * 6);
  CHECK_FALSE(is_contiguous(view(Kind::transposed).layout(), 2));
  for (const Kind kind : {Kind::rows, Kind::strips, Kind::foreign_rows}) CHECK(view(kind).layout().indirections() == 1);
  CHECK(view(Kind::planes).layout().indirections() == 2);
  CHECK(!view(Kind::byte_swapped).format().is_native());
  CHECK(GuardedImage(Kind::byte_swapped, 7, 5, 3, ElementType::u8).view().layout() ==
        GuardedImage(Kind::padded, 7, 5, 3, ElementType::u8).view().layout());

  const GuardedImage rows(Kind::rows, 7, 5, 3, ElementType::u16);
  const GuardedImage foreign(Kind::foreign_rows, 7, 5, 3, ElementType::u16);
  bool shuffled = false;
  for (std::ptrdiff_t y = 0; y + 1 < 7; ++y) {
    CHECK(rows.view().address({y, 0, 0}) < rows.view().address({y + 1, 0, 0}));
    shuffled = shuffled || foreign.view().address({y, 0, 0}) > foreign.view().address({y + 1, 0, 0});
  }
  CHECK(shuffled);
}

TEST_CASE("one byte beside a row is seen as a broken guard", "[support]") {
  for (const Kind kind : all_kinds()) {
    INFO(name(kind));
    const GuardedImage image(kind, 4, 5, 1, ElementType::u16);
    const bool rows_touch = kind == Kind::contiguous || kind == Kind::byte_swapped || kind == Kind::transposed;
    for (std::ptrdiff_t y = 0; y < 4; ++y) {
      std::byte* a = image.view().address({y, 0, 0});
      std::byte* b = image.view().address({y, 4, 0});
      if (a > b) std::swap(a, b);
      for (std::byte* beside : {a - 1, b + 2}) {
        const bool is_guard = !rows_touch || (y == 0 && beside < a) || (y == 3 && beside > b);
        flip_bits(beside);
        CHECK(image.guards_intact() != is_guard);
        flip_bits(beside);
        CHECK(image.guards_intact());
      }
    }
  }
}

TEST_CASE("a changed pointer is seen as a broken guard", "[support]") {
  for (const Kind kind : {Kind::rows, Kind::strips, Kind::foreign_rows, Kind::planes}) {
    INFO(name(kind));
    const GuardedImage image(kind, 4, 5, 2, ElementType::u8);
    std::byte* pointer = nullptr;
    std::memcpy(&pointer, image.view().origin(), sizeof pointer);
    std::byte* moved = pointer + 1;
    std::memcpy(image.view().origin(), &moved, sizeof moved);
    CHECK(!image.guards_intact());
    std::memcpy(image.view().origin(), &pointer, sizeof pointer);
    CHECK(image.guards_intact());
  }
}

TEST_CASE("random elements stay inside their depth", "[support]") {
  const GuardedImage shallow(Kind::flipped, 9, 9, 1, ElementType::u16);
  fill_random(shallow.view(), 3, 10);
  std::uint16_t highest = 0;
  for (std::ptrdiff_t y = 0; y < 9; ++y) {
    for (std::ptrdiff_t x = 0; x < 9; ++x) {
      std::uint16_t value = 0;
      std::memcpy(&value, shallow.view().address({y, x, 0}), sizeof value);
      highest = std::max(highest, value);
    }
  }
  CHECK(highest < 1024);
  CHECK(highest > 512);

  const GuardedImage real(Kind::planes, 9, 9, 3, ElementType::f32);
  fill_random(real.view(), 3);
  const std::vector<std::byte> bytes = packed(real.view());
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    float value = -1;
    std::memcpy(&value, bytes.data() + i, sizeof value);
    REQUIRE(value >= 0.0F);
    REQUIRE(value <= 1.0F);
  }
}

}  // namespace imgbuf::test
