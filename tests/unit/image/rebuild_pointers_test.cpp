#include "imgbuf/rebuild_pointers.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "support/guarded_image.hpp"
#include "support/image_info.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::info_of;
using imgbuf::test::require_error;

void check_rebuilt(const AnyConstView& view, const Storage& storage, std::ptrdiff_t table_bytes) {
  CAPTURE(view.layout().describe());
  CHECK(rebuilt_table_bytes(view, storage) == table_bytes);
  const RebuiltView made = rebuild_pointers(view, storage, 1 << 20);
  CAPTURE(made.view.layout().describe());
  CHECK(made.table.bytes == static_cast<std::size_t>(table_bytes));
  CHECK(export_buffer_shape(made.view.layout()).shape);
  CHECK(test::packed(made.view) == test::packed(view));
  if (!view.is_empty()) {
    std::vector<std::ptrdiff_t> last;
    for (const Axis& axis : view.layout().axes()) last.push_back(axis.extent - 1);
    CHECK(made.view.address(last) == view.address(last));  // no pixel moved
  }
}

TEST_CASE("views that PEP 3118 cannot express get the smallest table that makes them so") {
  const Image image = Image::allocate(info_of(6, 5, ColorModel::rgb), Arrangement::strips(4));
  const AnyConstView view = image.const_view();
  const Storage& storage = image.storage();
  test::fill_random(image.view(), 1);
  check_rebuilt(view, storage, 0);
  check_rebuilt(view.flip(0), storage, 0);
  check_rebuilt(view.permute({0, 2, 1}), storage, 0);          // the inner axes are free
  check_rebuilt(view.permute({1, 0, 2}), storage, 5 * 6 * 8);  // columns before rows: a pointer a pixel
  check_rebuilt(view.permute({1, 2, 0}), storage, 5 * 3 * 6 * 8);
  // Within one strip the rows are even, and need no pointers.
  check_rebuilt(view.window(0, 1, 3).permute({1, 0, 2}), storage, 0);
  check_rebuilt(view.window(0, 1, 3).permute({1, 0, 2}), Storage(), 5 * 3 * 8);
  check_rebuilt(view.window(1, 2, 0).permute({1, 0, 2}), storage, 0);
}

TEST_CASE("of several levels only those in the way are rebuilt") {
  const Image image = Image::allocate(info_of(6, 5, ColorModel::rgb), Arrangement::planes());
  test::fill_random(image.view(), 1);
  const AnyConstView planes =
      image.const_view().permute({2, 0, 1});  // (channels, rows, columns): the order of the levels
  const Storage& storage = image.storage();
  check_rebuilt(planes, storage, 0);
  // Rows of a plane are even: only the planes need pointers.
  check_rebuilt(planes.permute({0, 2, 1}), storage, 3 * 8);
  check_rebuilt(planes.permute({0, 2, 1}), Storage(), 3 * 5 * 6 * 8);
  check_rebuilt(planes.permute({1, 0, 2}), storage, 6 * 3 * 8);
  check_rebuilt(planes.permute({1, 2, 0}), storage, 6 * 5 * 3 * 8);

  // A negative offset behind the first pointer only: the row tables stay.
  std::vector<std::byte*> rows, tables;
  for (std::ptrdiff_t y = 0; y < 8; ++y) rows.push_back(const_cast<std::byte*>(planes.address({0, y % 6, 0})) + y / 6);
  for (int i = 0; i < 2; ++i) tables.push_back(reinterpret_cast<std::byte*>(rows.data() + 4 * i + 4));
  const AnyConstView negative(reinterpret_cast<std::byte*>(tables.data()),
                              Layout({{2, 8, 0}, {4, 8, 1}, {4, 1, 2}}, {-32, 0}), ElementType::u8);
  CHECK_FALSE(export_buffer_shape(negative.layout()).shape);
  check_rebuilt(negative, Storage(), 2 * 8);
  CHECK(rebuild_pointers(negative, Storage()).view.layout().indirections() == 2);
  // Behind the second one: one table of all rows.
  const AnyConstView behind(reinterpret_cast<std::byte*>(tables.data()),
                            Layout({{2, 8, 0}, {3, 8, 1}, {4, 1, 2}}, {0, -1}), ElementType::u8);
  tables.assign({reinterpret_cast<std::byte*>(rows.data() + 1), reinterpret_cast<std::byte*>(rows.data() + 3)});
  CHECK_FALSE(export_buffer_shape(behind.layout()).shape);
  check_rebuilt(behind, Storage(), 2 * 3 * 8);
}

TEST_CASE("a level without an axis is followed or folded") {
  const Image image = Image::allocate(info_of(6, 5, ColorModel::rgb), Arrangement::planes());
  const AnyConstView planes = image.const_view().permute({2, 0, 1});
  const AnyConstView fixed_row = planes.index(1, 4);  // (channels, columns), the rows' level has no axis
  REQUIRE(fixed_row.layout().indirections() == 2);
  CHECK_FALSE(export_buffer_shape(fixed_row.layout()).shape);
  check_rebuilt(fixed_row, Storage(), 3 * 8);
  const AnyConstView only(planes.origin(), Layout({{5, 1, 2}}, {0, 0}), ElementType::u8);
  CHECK_FALSE(export_buffer_shape(only.layout()).shape);
  check_rebuilt(only, Storage(), 0);
}

TEST_CASE("a table larger than allowed is refused with both sizes") {
  const Image image = Image::allocate(info_of(60, 50, ColorModel::rgb), Arrangement::strips(7));
  const AnyConstView transposed = image.const_view().permute({1, 0, 2});
  require_error(ErrorCode::limit_exceeded, "a pointer table of 24000 bytes is larger than the 9000 bytes of its pixels",
                [&] { (void)rebuild_pointers(transposed, image.storage()); });
  require_error(ErrorCode::limit_exceeded,
                "a pointer table of 24000 bytes is larger than the 23999 bytes that are allowed",
                [&] { (void)rebuild_pointers(transposed, image.storage(), 23999); });
  CHECK(rebuild_pointers(transposed, image.storage(), 24000).table.bytes == 24000);
}

TEST_CASE("a view that needs no table is never refused") {
  double value = 1;
  auto* const pixel = reinterpret_cast<std::byte*>(&value);
  std::byte* table[] = {pixel};
  auto* const origin = reinterpret_cast<std::byte*>(table);
  const Storage storage({{pixel, 8}, {origin, 8}});
  // 2^60 elements of 8 bytes are one element repeated: their bytes do not fit, their pointers do.
  const AnyConstView many =
      AnyConstView(origin, Layout({{1, 8, 0}, {1, 8, 1}}, {0}), ElementType::f64).broadcast(1, std::ptrdiff_t{1} << 60);
  CHECK(rebuild_pointers(many, storage).table.bytes == 0);
  CHECK(rebuild_pointers(many, storage, -1).table.bytes == 0);
  const AnyConstView transposed = many.permute({1, 0});
  CHECK(export_buffer_shape(rebuild_pointers(transposed, storage).view.layout()).shape);

  // A table beside elements whose bytes do not fit is smaller than they are.
  std::byte* two[] = {pixel, pixel};
  const AnyConstView rows(reinterpret_cast<std::byte*>(two),
                          Layout({{std::ptrdiff_t{1} << 59, 0, 1}, {2, 8, 0}, {1, 8, 1}}, {0}), ElementType::f64);
  CHECK(rebuild_pointers(rows, Storage()).view.extent(1) == 2);
}

TEST_CASE("a rebuilt image keeps its memory and its new table") {
  Image made;
  std::vector<std::byte> expected;
  {
    const Image image = Image::allocate(info_of(6, 5, ColorModel::rgb), Arrangement::strips(4));
    test::fill_random(image.view(), 5);
    const Image transposed = image.with_view(image.const_view().permute({1, 0, 2}), info_of(5, 6, ColorModel::rgb));
    expected = test::packed(transposed.const_view());
    CHECK(rebuilt_table_bytes(transposed) == 30 * 8);
    made = rebuild_pointers(transposed, 1000);
  }
  CHECK(export_buffer_shape(made.const_view().layout()).shape);
  CHECK(test::packed(made.const_view()) == expected);
  CHECK(made.storage().segments().back().access == Access::read_only);
  CHECK_FALSE(made.is_read_only());
  CHECK(made.with_view(made.const_view(), made.info()).storage().segments().data() == made.storage().segments().data());
}

}  // namespace
