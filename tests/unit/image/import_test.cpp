#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

#include "image/import_tables.hpp"
#include "image/reach.hpp"
#include "imgbuf/image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::gray_info;
using imgbuf::test::require_error;

std::byte* bytes_of(std::vector<std::byte*>& table) {
  return reinterpret_cast<std::byte*>(table.data());
}

Segment segment_of(std::vector<std::byte*>& table) {
  return {bytes_of(table), table.size() * sizeof(std::byte*)};
}

struct Counts {
  std::size_t checked = 0;  ///< places that were looked up
  std::size_t slots = 0;    ///< pointers that were read
};

Counts counts_of(const Layout& layout, std::byte* origin) {
  Counts counts;
  const auto levels = image::follow_levels(
      layout, origin, [&](int, std::span<std::byte* const> starts) { counts.checked += starts.size(); });
  for (const auto& level : levels) counts.slots += level.slots.size();
  return counts;
}

TEST_CASE("a large table whose entries all lead to one large table is followed once") {
  constexpr std::ptrdiff_t n = 1000000;
  std::byte pixel[1]{};
  std::vector<std::byte*> inner(n, pixel), outer(n, bytes_of(inner));
  const Layout layout({{n, 8, 0}, {n, 8, 1}, {1, 1, 2}}, {0, 0});
  const Counts counts = counts_of(layout, bytes_of(outer));
  CHECK(counts.slots == 2 * n);
  CHECK(counts.checked == 2 * n + 1);

  const Storage storage({segment_of(outer), segment_of(inner), {pixel, 1}});
  const image::ImportedTables imported = image::import_tables(storage, {}, bytes_of(outer), layout, 1);
  CHECK(imported.tables.bytes == 2 * n * 8);
  inner[n - 1] = pixel + 1;
  require_error(ErrorCode::invalid_layout, "level 2: pointer 999999 leads outside the segments",
                [&] { (void)image::import_tables(storage, {}, bytes_of(outer), layout, 1); });
}

TEST_CASE("pointers that are even only modulo the address space are looked up one by one") {
  std::array<std::byte, 64> memory{};
  const Layout layout({{3, 8, 0}, {4, 1, 1}}, {0});
  const auto import = [&](std::vector<std::byte*> table) {
    const Storage storage({segment_of(table), {memory.data(), memory.size()}});
    return image::import_tables(storage, {}, bytes_of(table), layout, 1);
  };
  const auto far = [&](std::uintptr_t distance) {
    return reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(memory.data()) + distance);
  };
  CHECK_NOTHROW(import({memory.data(), memory.data() + 4, memory.data() + 8}));
  CHECK_NOTHROW(import({memory.data() + 60, memory.data() + 32, memory.data() + 4}));
  const std::uintptr_t half = std::uintptr_t{1} << 63;
  require_error(ErrorCode::invalid_layout, "level 1: pointer 1 leads outside the segments", [&] {
    (void)import({memory.data(), far(half), memory.data()});
  });
  const std::uintptr_t to_the_end = UINTPTR_MAX - 1 - reinterpret_cast<std::uintptr_t>(memory.data());
  require_error(ErrorCode::invalid_layout, "level 1: pointer 1 leads outside the segments", [&] {
    (void)import({memory.data(), far(to_the_end), far(2 * to_the_end)});
  });
  require_error(ErrorCode::invalid_layout, "level 1: pointer 2 leads outside the segments", [&] {
    (void)import({memory.data() + 30, memory.data() + 46, memory.data() + 62});
  });
  require_error(ErrorCode::invalid_layout, "level 1: pointer 2 leads outside the segments", [&] {
    (void)import({memory.data() + 31, memory.data() + 15, far(std::uintptr_t(0) - 1)});
  });
}

TEST_CASE("read-only bytes between even rows do not make an image read-only, and those in them do") {
  std::array<std::byte, 24> memory{};
  std::vector<std::byte*> table{memory.data(), memory.data() + 8, memory.data() + 16};
  const Layout layout({{3, 8, 0}, {4, 1, 1}}, {0});
  const auto access = [&](std::vector<Segment> segments) {
    segments.push_back(segment_of(table));
    return image::import_tables(Storage(std::move(segments)), {}, bytes_of(table), layout, 1).access;
  };
  std::vector<Segment> pieces;
  for (std::size_t i = 0; i < 6; ++i)
    pieces.push_back({memory.data() + 4 * i, 4, i % 2 ? Access::read_only : Access::read_write});
  CHECK(access(pieces) == Access::read_write);
  pieces[2].access = Access::read_only;
  CHECK(access(pieces) == Access::read_only);
  CHECK(access({{memory.data(), 24, Access::read_only}}) == Access::read_only);
  CHECK(access({{memory.data(), 24}}) == Access::read_write);
}

TEST_CASE("strides that reach the same slots again and again read each of them once") {
  constexpr std::ptrdiff_t n = 1000;
  std::byte pixel[1]{};
  std::vector<std::byte*> table(3 * n, pixel);
  const Layout layout({{n, 8, 0}, {n, -8, 0}, {n, 8, 0}, {5, 0, 0}}, {0});
  CHECK(counts_of(layout, bytes_of(table) + 8 * n).slots == 3 * n - 2);

  // Tables that begin one byte after the other: n * n pairs of a table and an index, but few slots.
  std::vector<std::byte> places(10 * n);
  std::vector<std::byte*> outer(n);
  for (std::size_t i = 0; i < n; ++i) outer[i] = places.data() + i;
  for (std::size_t i = 0; i + 8 <= places.size(); ++i) std::memset(&places[i], 0, 8);
  const Layout bytewise({{n, 8, 0}, {n, 8, 1}, {1, 1, 2}}, {0, 0});
  const Counts counts = counts_of(bytewise, bytes_of(outer));
  CHECK(counts.slots == n + (n - 1) + 8 * (n - 1) + 1);
}

TEST_CASE("shared slots that lie far apart are refused rather than copied with all between them") {
  std::vector<std::byte> memory(1 << 20);
  std::byte* const inside = memory.data();
  for (std::size_t i = 0; i < memory.size(); i += 8) std::memcpy(&memory[i], &inside, sizeof inside);
  const Storage storage({{memory.data(), memory.size()}});
  const Layout layout({{2, 1 << 19, 0}, {2, 8, 0}, {2, 8, 0}}, {0});
  require_error(ErrorCode::limit_exceeded, "pointer tables that share slots and lie far apart cannot be copied",
                [&] { (void)image::import_tables(storage, {}, memory.data(), layout, 1); });
  // Without the sharing they are packed.
  const Layout packed({{2, 1 << 19, 0}, {2, 8, 0}, {2, 16, 0}}, {0});
  CHECK(image::import_tables(storage, {}, memory.data(), packed, 1).tables.bytes == 8 * 8);
}

TEST_CASE("an image does not follow tables that change after it was made") {
  std::array<std::byte, 32> pixels{};
  std::iota(reinterpret_cast<unsigned char*>(pixels.data()), reinterpret_cast<unsigned char*>(pixels.data() + 32), 0);
  std::vector<std::byte*> table{pixels.data() + 16, nullptr, pixels.data()};
  const Layout layout({{2, 16, 0}, {4, 1, 1}, {1, 1, 1}}, {8});
  const Image image =
      Image::over(Storage({{pixels.data(), 32}, segment_of(table)}), bytes_of(table), layout, gray_info(2, 4));
  table.assign(3, nullptr);
  CHECK(*image.const_view().address({0, 3, 0}) == std::byte{27});
  CHECK(*image.const_view().address({1, 0, 0}) == std::byte{8});
  CHECK(image.const_view().layout().pointer_offset(0) == 0);
  CHECK(image.const_view().layout().axis(0).byte_stride == 8);
}

TEST_CASE("pixels that overlap their own table cannot lead it elsewhere") {
  std::vector<std::byte*> table(4);
  for (auto& pointer : table) pointer = bytes_of(table);
  const Layout layout({{4, 8, 0}, {32, 1, 1}, {1, 1, 1}}, {0});
  const Image image = Image::over(Storage({segment_of(table)}), bytes_of(table), layout, gray_info(4, 32));
  for (int x = 0; x < 32; ++x) *image.view().address({3, x, 0}) = std::byte{0xFF};
  CHECK(table[2] == reinterpret_cast<std::byte*>(~std::uintptr_t{0}));
  CHECK(image.const_view().address({2, 5, 0}) == bytes_of(table) + 5);
}

TEST_CASE("geometry shares the image's own tables, and a foreign table in its storage is copied") {
  const Image image = Image::allocate(gray_info(6, 5), Arrangement::strips(4));
  const Image flipped = image.with_view(image.const_view().flip(0).window(0, 1, 4), gray_info(4, 5));
  CHECK(flipped.storage().segments().size() == image.storage().segments().size());
  CHECK(flipped.const_view().address({0, 2, 0}) == image.const_view().address({4, 2, 0}));
  const Image again = flipped.with_view(flipped.const_view().flip(1), gray_info(4, 5));
  CHECK(again.storage().segments().data() == image.storage().segments().data());

  // Pixels that hold a pointer: an indirect view of a direct image.
  const Image direct = Image::allocate(gray_info(1, 16));
  std::byte* const base = direct.view().origin();
  std::memcpy(base + 8, &base, sizeof base);
  const AnyConstView follows(base + 8, Layout({{1, 8, 0}, {8, 1, 1}, {1, 1, 1}}, {0}), ElementType::u8);
  const Image led = direct.with_view(follows, gray_info(1, 8));
  std::memset(base + 8, 0xFF, 8);
  CHECK(led.const_view().address({0, 3, 0}) == base + 3);
  CHECK_THROWS_AS(direct.with_view(follows, gray_info(1, 8)), Error);
}

TEST_CASE("what lies between the rows of a direct image is not the image's") {
  std::vector<std::byte> memory(64);
  std::byte* const base = memory.data();
  const auto over = [&](std::vector<Segment> segments, const Layout& layout, std::ptrdiff_t offset = 0) {
    return Image::over(Storage(std::move(segments)), base + offset, layout,
                       gray_info(layout.extent(0), layout.extent(1)));
  };
  const Segment first{base, 8}, second{base + 16, 8}, third{base + 32, 8}, gap{base + 8, 8, Access::read_only};
  const Layout rows{{3, 16, 0}, {8, 1, 0}, {1, 1, 0}};
  CHECK_FALSE(over({first, second, third}, rows).is_read_only());
  CHECK_FALSE(over({first, gap, second, third}, rows).is_read_only());
  CHECK_FALSE(over({first, second, third}, Layout{{3, -16, 0}, {8, -1, 0}, {1, 0, 0}}, 39).is_read_only());
  CHECK(over({first, {base + 16, 8, Access::read_only}, third}, rows).is_read_only());
  CHECK_THROWS_AS(over({first, {base + 16, 7}, third}, rows), Error);
  CHECK_THROWS_AS(over({first, second}, rows), Error);
  // Elements that interleave, and more of them than there are bytes, are looked at as one range.
  CHECK_THROWS_AS(over({first, second}, Layout{{2, 16, 0}, {2, 12, 0}, {1, 1, 0}}), Error);
  CHECK_THROWS_AS(over({first, second}, Layout{{std::ptrdiff_t{1} << 40, 16, 0}, {8, 1, 0}, {1, 1, 0}}), Error);
}

TEST_CASE("copied tables are read-only segments, and do not make the image so") {
  std::vector<std::byte> pixels(32);
  std::vector<std::byte*> table{pixels.data(), pixels.data() + 16};
  const Image image = Image::over(Storage({{pixels.data(), pixels.size()}, segment_of(table)}), bytes_of(table),
                                  Layout({{2, 8, 0}, {16, 1, 1}, {1, 1, 1}}, {0}), gray_info(2, 16));
  CHECK(image.storage().segments().back().access == Access::read_only);
  CHECK_FALSE(image.is_read_only());
}

TEST_CASE("a view of a read-only image stays read-only, and of a read-only segment becomes so") {
  std::array<std::byte, 8> a{}, b{};
  const Storage storage({{a.data(), 8}, {b.data(), 8, Access::read_only}});
  std::array<std::byte*, 2> rows{a.data(), b.data()};
  const Image read_only = Image::from_rows(rows, gray_info(2, 8), {}, Access::read_only);
  CHECK(read_only.with_view(read_only.const_view().window(0, 0, 1), gray_info(1, 8)).is_read_only());
  const Segment table{reinterpret_cast<std::byte*>(rows.data()), sizeof rows};
  const Image half = Image::over(Storage({storage.segments()[0], storage.segments()[1], table}), table.data,
                                 Layout({{2, 8, 0}, {8, 1, 1}, {1, 1, 1}}, {0}), gray_info(2, 8));
  REQUIRE(half.is_read_only());  // because of its second row; its first is no way around that
  CHECK(half.with_view(half.const_view().window(0, 0, 1), gray_info(1, 8)).is_read_only());
  const Image writable = Image::over(storage, a.data(), Layout{{1, 8, 0}, {8, 1, 0}, {1, 1, 0}}, gray_info(1, 8));
  CHECK_FALSE(writable.is_read_only());
  const AnyConstView other(b.data(), Layout{{1, 8, 0}, {8, 1, 0}, {1, 1, 0}}, ElementType::u8);
  CHECK(writable.with_view(other, gray_info(1, 8)).is_read_only());
}

TEST_CASE("a typed view of tables that share tables reads each slot once") {
  constexpr std::ptrdiff_t n = 200000;  // n * n pointers, were each path followed
  alignas(2) std::byte pixel[2]{};
  std::vector<std::byte*> inner(n, pixel), outer(n, bytes_of(inner));
  const AnyView view(bytes_of(outer), Layout({{n, 8, 0}, {n, 8, 1}, {1, 2, 2}}, {0, 0}), ElementType::u16);
  CHECK(view.as<std::uint16_t>().extent(0) == n);
}

}  // namespace
