#include "imgbuf/image.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

#include "imgbuf/collapse.hpp"
#include "imgbuf/rows.hpp"
#include "imgbuf/strips.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::info_of;
using imgbuf::test::require_error;

TEST_CASE("copies of an image share its pixels") {
  const Image image = Image::allocate(info_of(4, 5), Arrangement::strips(3));
  const Image copy = image;
  *image.view().address({3, 4, 2}) = std::byte{77};
  CHECK(*copy.const_view().address({3, 4, 2}) == std::byte{77});
  CHECK(copy.const_view().layout().indirections() == 1);
}

TEST_CASE("rows anywhere in memory become one image that shares them") {
  std::array<std::array<std::byte, 9>, 3> memory{};
  std::vector<std::byte*> table{memory[2].data(), memory[0].data() + 1, memory[1].data()};
  int released = 0;
  {
    std::shared_ptr<void> keeper(&released, [](void* n) noexcept { ++*static_cast<int*>(n); });
    const Image image = Image::from_rows(table, info_of(3, 2), std::move(keeper));
    table.assign(3, nullptr);  // the table was copied
    *image.view().address({1, 1, 2}) = std::byte{9};
    CHECK(memory[0][6] == std::byte{9});
    const Image kept = image;
    CHECK(released == 0);
  }
  CHECK(released == 1);
}

TEST_CASE("rows that adjoin are one segment") {
  std::array<std::byte, 60> memory{};
  const auto image_of = [&](const std::vector<std::ptrdiff_t>& offsets) {
    std::vector<std::byte*> rows;
    for (const std::ptrdiff_t offset : offsets) rows.push_back(memory.data() + offset);
    return Image::from_rows(rows, info_of(static_cast<std::ptrdiff_t>(rows.size()), 2), nullptr);
  };
  const auto pixel_segments = [](const Image& image) { return image.storage().segments().size() - 1; };
  const Image block = image_of({6, 12, 18, 24});
  CHECK(pixel_segments(block) == 1);
  CHECK(block.storage().segments()[0].data == memory.data() + 6);
  CHECK(block.storage().segments()[0].bytes == 24);
  const CollapsedImage collapsed = collapse(block);
  REQUIRE(collapsed.image);
  CHECK(collapsed.image->const_view().layout() == Layout{{4, 6, 0}, {2, 3, 0}, {3, 1, 0}});
  CHECK(strips(block).strips.size() == 1);

  const Image flipped = image_of({18, 12, 6});
  CHECK(pixel_segments(flipped) == 1);
  CHECK(flipped.storage().segments()[0].data == memory.data() + 6);
  CHECK(collapse(flipped).image->const_view().layout().axis(0).byte_stride == -6);
  CHECK(pixel_segments(image_of({0, 6, 13, 19})) == 2);
  CHECK(pixel_segments(image_of({0, 7, 14})) == 3);  // with padding nobody knows that they are one block
  CHECK(pixel_segments(image_of({0, 5, 10})) == 3);  // nor where they overlap
  CHECK(pixel_segments(image_of({6, 6, 6})) == 1);   // one row again and again
}

TEST_CASE("rows with padding inside known blocks are one array or a strip a block") {
  std::array<std::byte, 40> first{}, second{};
  int released = 0;
  const auto block = [&](auto& memory, Access access = Access::read_write) {
    return Segment{memory.data(), memory.size(), access,
                   std::shared_ptr<void>(&released, [](void* n) noexcept { ++*static_cast<int*>(n); })};
  };
  {
    const std::array<std::byte*, 4> rows{first.data() + 34, first.data() + 24, first.data() + 14, first.data() + 4};
    const Segment blocks[] = {block(second), block(first)};
    const Image image = Image::from_rows(rows, blocks, info_of(4, 2));
    CHECK(image.storage().segments().size() == 3);
    CHECK_FALSE(image.is_read_only());
    const CollapsedImage collapsed = collapse(image);
    REQUIRE(collapsed.image);
    CHECK(collapsed.image->const_view().layout() == Layout{{4, -10, 0}, {2, 3, 0}, {3, 1, 0}});
    CHECK(strips(image).strips.size() == 1);

    const std::array<std::byte*, 4> two{first.data(), first.data() + 10, second.data() + 4, second.data() + 14};
    const Image halves = Image::from_rows(two, blocks, info_of(4, 2));
    CHECK_FALSE(collapse(halves).image);
    CHECK(strips(halves).strips.size() == 2);
    const Segment half_constant[] = {block(second, Access::read_only), block(first)};
    CHECK(Image::from_rows(two, half_constant, info_of(4, 2)).is_read_only());
    CHECK_FALSE(Image::from_rows(rows, half_constant, info_of(4, 2)).is_read_only());

    std::array<std::byte*, 2> bad{first.data(), first.data() + 35};
    require_error(ErrorCode::invalid_layout, "row 1: the row's bytes do not lie in the blocks of memory",
                  [&] { (void)Image::from_rows(bad, blocks, info_of(2, 2)); });
    bad[1] = nullptr;
    require_error(ErrorCode::invalid_layout, "row 1: the row's bytes do not lie in the blocks of memory",
                  [&] { (void)Image::from_rows(bad, blocks, info_of(2, 2)); });
    require_error(ErrorCode::invalid_argument, "2 row pointers for a picture of 3 rows",
                  [&] { (void)Image::from_rows(bad, blocks, info_of(3, 2)); });
    released = 0;
  }
  CHECK(released == 4);  // each block once
}

TEST_CASE("bad rows are refused and their keeper is released") {
  std::array<std::byte, 9> memory{};
  std::array<std::byte*, 2> table{memory.data(), nullptr};
  int released = 0;
  const auto keeper = [&] {
    return std::shared_ptr<void>(&released, [](void* n) noexcept { ++*static_cast<int*>(n); });
  };
  require_error(ErrorCode::invalid_argument, "row 1: null row pointer",
                [&] { (void)Image::from_rows(table, info_of(2, 3), keeper()); });
  CHECK(released == 1);
  require_error(ErrorCode::invalid_argument, "2 row pointers for a picture of 3 rows",
                [&] { (void)Image::from_rows(table, info_of(3, 3), keeper()); });
  CHECK(released == 2);
  CHECK(Image::from_rows(table, info_of(2, 0), {}).const_view().is_empty());
}

TEST_CASE("an image over foreign memory must stay inside its segments") {
  std::array<std::byte, 64> pixels{};
  std::array<std::byte*, 3> table{pixels.data(), pixels.data() + 16, pixels.data() + 60};
  const Segment pixel_segment{pixels.data(), pixels.size()};
  const Segment table_segment{reinterpret_cast<std::byte*>(table.data()), sizeof table, Access::read_only};
  auto* const origin = reinterpret_cast<std::byte*>(table.data());
  const auto layout = [](std::ptrdiff_t rows) { return Layout({{rows, 8, 0}, {5, 1, 1}, {1, 1, 1}}, {0}); };
  const auto gray = [](std::ptrdiff_t rows) { return info_of(rows, 5, ColorModel::gray); };

  const Image good = Image::over(Storage({pixel_segment, table_segment}), origin, layout(2), gray(2));
  CHECK_FALSE(good.is_read_only());  // only the table is
  require_error(ErrorCode::invalid_layout, "level 1: pointer 2 leads outside the segments", [&] {
    (void)Image::over(Storage({pixel_segment, table_segment}), origin, layout(3), gray(3));
  });
  require_error(ErrorCode::invalid_layout, "level 0: the layout reaches memory outside its segments", [&] {
    (void)Image::over(Storage({pixel_segment, table_segment}), origin, layout(4), gray(4));
  });
  require_error(ErrorCode::invalid_layout, "level 0: the layout reaches memory outside its segments",
                [&] { (void)Image::over(Storage({pixel_segment}), origin, layout(2), gray(2)); });
  // A table that points anywhere is followed nowhere.
  table[0] = reinterpret_cast<std::byte*>(~std::uintptr_t{0});
  require_error(ErrorCode::invalid_layout, "level 1: pointer 0 leads outside the segments", [&] {
    (void)Image::over(Storage({pixel_segment, table_segment}), origin, layout(2), gray(2));
  });
  CHECK(Image::over(Storage(), nullptr, layout(0), gray(0)).const_view().is_empty());
}

TEST_CASE("one read-only segment makes an image read-only") {
  std::array<std::byte, 8> a{}, b{};
  std::array<std::byte*, 2> table{a.data(), b.data()};
  const Storage storage(
      {{a.data(), 8}, {b.data(), 8, Access::read_only}, {reinterpret_cast<std::byte*>(table.data()), sizeof table}});
  const Layout layout({{2, 8, 0}, {8, 1, 1}, {1, 1, 1}}, {0});
  const Image image =
      Image::over(storage, reinterpret_cast<std::byte*>(table.data()), layout, info_of(2, 8, ColorModel::gray));
  CHECK(image.is_read_only());
  require_error(ErrorCode::invalid_argument, "the memory is read-only", [&] { (void)image.view(); });
  CHECK(image.const_view().extent(0) == 2);
}

TEST_CASE("an image refuses an info of another shape or element type") {
  const Image image = Image::allocate(info_of(4, 5));
  CHECK_THROWS_WITH(image.with_info(info_of(5, 4)),
                    Catch::Contains("for a picture of 5 rows, 4 columns and 3 channels"));
  CHECK_THROWS_WITH(image.with_info(info_of(4, 5, ColorModel::rgb, ElementType::u16)),
                    Catch::Contains("elements are u8"));
  ImageInfo swapped = info_of(4, 5, ColorModel::rgb, ElementType::u16);
  const Image wide = Image::allocate(swapped);
  swapped.pixel.format =
      Format(ElementType::u16, std::endian::native == std::endian::little ? ByteOrder::big : ByteOrder::little);
  CHECK_THROWS_WITH(wide.with_info(swapped), Catch::Contains("the other byte order"));
  CHECK_THROWS_WITH(wide.with_view(wide.const_view(), swapped), Catch::Contains("the other byte order"));
  const Image cropped = image.with_view(image.const_view().window(0, 1, 2).flip(1), info_of(2, 5));
  CHECK(cropped.const_view().address({0, 4, 0}) == image.const_view().address({1, 0, 0}));
}

TEST_CASE("a moved-from image is one without pixels") {
  Image image = Image::allocate(info_of(4, 5), Arrangement::rows());
  const Image taken = std::move(image);
  CHECK(taken.info().width == 5);
  CHECK(image.info().width == 0);
  CHECK(image.const_view().is_empty());
  CHECK(image.storage().segments().empty());
  image = taken;
  CHECK(image.const_view().extent(1) == 5);
  Image assigned;
  assigned = std::move(image);
  CHECK(assigned.const_view().extent(1) == 5);
  CHECK(image.const_view().is_empty());
}

TEST_CASE("nobody is given the pointers of an image to write") {
  const std::array<std::byte*, 2> rows{};
  for (const Image& image :
       {Image::allocate(info_of(2, 16), Arrangement::rows()), Image::from_rows(rows, info_of(2, 0), nullptr)}) {
    const Segment& table = image.storage().segments().back();
    CHECK_FALSE(image.is_read_only());
    const AnyConstView bytes(table.data, Layout({{1, 16, 0}, {16, 1, 0}, {1, 1, 0}}), ElementType::u8);
    CHECK(image.with_view(bytes, info_of(1, 16, ColorModel::gray)).is_read_only());
    CHECK_FALSE(image.with_view(image.const_view().flip(0), image.info()).is_read_only());
  }
}

TEST_CASE("the row of an image of row pointers is direct") {
  const Image image = Image::allocate(info_of(4, 5), Arrangement::rows());
  const AnyView row = image.view().index(0, 3);
  CHECK(row.layout().is_direct());
  CHECK(row.rank() == 2);
  CHECK(row.origin() == image.view().address({3, 0, 0}));
  const AnyView plane_row = Image::allocate(info_of(4, 5), Arrangement::planes()).view().index(2, 1).index(0, 2);
  CHECK(plane_row.layout() == Layout{{5, 1, 0}});
}

TEST_CASE("row pointers are the rows of any view whose rows are packed") {
  using test::Kind;
  for (const Kind kind : test::all_kinds()) {
    const test::GuardedImage image(kind, 5, 4, 3, ElementType::u8);
    CAPTURE(test::name(kind));
    if (!test::has_packed_rows(kind, 3)) {
      CHECK_FALSE(has_packed_rows(image.view().layout(), 1));
      CHECK_THROWS_AS(row_pointers(image.view()), Error);
      continue;
    }
    auto rows = row_pointers(image.view());
    REQUIRE(rows.size() == 5);
    for (std::size_t y = 0; y < 5; ++y)
      CHECK(rows.data()[y] == image.view().address({static_cast<std::ptrdiff_t>(y), 0, 0}));
  }
  const test::GuardedImage flipped(Kind::flipped, 5, 4, 3, ElementType::u8);
  require_error(ErrorCode::invalid_layout, "axis 1: a stride of -3 bytes keeps a row from being one packed run",
                [&] { (void)row_pointers(flipped.view()); });
  CHECK(row_pointers(test::GuardedImage(Kind::rows, 5, 0, 3, ElementType::u8).view()).size() == 5);
}

TEST_CASE("rows() is a random-access range of spans over any arrangement") {
  const Image image = Image::allocate(info_of(6, 4), Arrangement::strips(4));
  const View<std::uint8_t> view = image.view().as<std::uint8_t>();
  std::uint8_t next = 0;
  for (const std::span<std::uint8_t> row : rows(view)) {
    REQUIRE(row.size() == 12);
    std::fill(row.begin(), row.end(), next++);
  }
  CHECK(view(5, 3, 2) == 5);
  const auto all = rows(View<const std::uint8_t>(view));
  static_assert(std::random_access_iterator<decltype(all.begin())>);
  CHECK((all.end() - all.begin()) == 6);
  CHECK(all.begin()[4][0] == 4);
  CHECK((*std::max_element(all.begin(), all.end(), [](auto a, auto b) { return a[0] < b[0]; }))[0] == 5);
  CHECK_THROWS_AS(rows(image.view().flip(1).as<std::uint8_t>()), Error);
  CHECK(rows(image.view().flip(0).as<std::uint8_t>())[0][0] == 5);
}

TEST_CASE("typed views are refused for other types, other byte orders and misaligned elements") {
  const Image image = Image::allocate(info_of(3, 4, ColorModel::gray, ElementType::u16), Arrangement::rows());
  CHECK(image.view().as<std::uint16_t>().extent(1) == 4);
  require_error(ErrorCode::format_mismatch, "elements are u16, not u8", [&] { (void)image.view().as<std::uint8_t>(); });
  const test::GuardedImage swapped(test::Kind::byte_swapped, 3, 4, 1, ElementType::u16);
  CHECK_THROWS_WITH(swapped.view().as<std::uint16_t>(), Catch::Contains("the other byte order"));
  const test::GuardedImage padded(test::Kind::padded, 3, 4, 1, ElementType::u16);
  CHECK_THROWS_WITH(padded.view().as<std::uint16_t>(), Catch::Contains("not aligned"));

  // One misaligned row among aligned ones.
  alignas(2) std::array<std::byte, 32> memory{};
  std::array<std::byte*, 3> table{memory.data(), memory.data() + 9, memory.data() + 20};
  const Image rows = Image::from_rows(table, info_of(3, 2, ColorModel::gray, ElementType::u16), {});
  CHECK_THROWS_WITH(rows.view().as<std::uint16_t>(), Catch::Contains("not aligned"));
}

TEST_CASE("threads may copy and drop images of the same storage") {
  const Image image = Image::allocate(info_of(64, 64), Arrangement::rows());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([image, t] {
      for (int n = 0; n < 200; ++n) {
        const Image copy = image;
        *copy.view().address({t, n % 64, 0}) = std::byte{1};
      }
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace
