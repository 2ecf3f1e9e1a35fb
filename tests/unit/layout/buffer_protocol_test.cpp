#include "imgbuf/buffer_protocol.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <limits>
#include <vector>

#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;
using Numbers = std::vector<std::ptrdiff_t>;

TEST_CASE("suboffsets become indirection levels and come back") {
  const Numbers shape{3, 4, 5}, strides{8, 8, 1}, suboffsets{2, 0, -1};
  const Layout layout = import_buffer_shape(shape, strides, suboffsets);
  CHECK(layout == Layout({{3, 8, 0}, {4, 8, 1}, {5, 1, 2}}, {2, 0}));
  const auto exported = export_buffer_shape(layout);
  REQUIRE(exported.shape);
  CHECK(exported.shape->shape == shape);
  CHECK(exported.shape->strides == strides);
  CHECK(exported.shape->suboffsets == suboffsets);
}

TEST_CASE("suboffsets that are all negative, or none, are a direct layout") {
  const Numbers shape{3, 4}, strides{8, 1}, negative{-1, -7};
  CHECK(import_buffer_shape(shape, strides, negative).is_direct());
  const auto exported = export_buffer_shape(import_buffer_shape(shape, strides));
  REQUIRE(exported.shape);
  CHECK(exported.shape->suboffsets.empty());
}

TEST_CASE("a pointer at the last axis has a level of its own without an axis") {
  const Numbers shape{3}, strides{8}, suboffsets{4};
  const Layout layout = import_buffer_shape(shape, strides, suboffsets);
  CHECK(layout == Layout({{3, 8, 0}}, {4}));
  const auto exported = export_buffer_shape(layout);
  REQUIRE(exported.shape);
  CHECK(exported.shape->suboffsets == suboffsets);
}

TEST_CASE("what PEP 3118 cannot express is refused with the reason") {
  const Layout rows({{4, 8, 0}, {6, 3, 1}, {3, 1, 1}}, {0});
  CHECK(export_buffer_shape(rows.permute({1, 0, 2})).reason ==
        "axis 1 lies before an earlier axis' pointer, and PEP 3118 follows pointers in the order of the axes");
  CHECK(export_buffer_shape(Layout({{4, 8, 0}, {6, 3, 1}}, {-3})).reason ==
        "the pointers of level 0 have a negative offset (-3), which PEP 3118 reads as no pointer");
  const Layout planes({{3, 8, 0}, {4, 8, 1}, {5, 1, 2}}, {0, 0});
  CHECK(export_buffer_shape(planes.index(1, 2).layout).reason == "the pointer of level 1 has no axis to stand at");
}

TEST_CASE("axes that move no address take the level that makes an export legal") {
  const Layout planes({{3, 8, 0}, {4, 8, 1}, {5, 1, 2}}, {0, 0});
  const auto one_row = export_buffer_shape(planes.slice(1, {2, 3}).layout);
  REQUIRE(one_row.shape);
  CHECK(one_row.shape->suboffsets == Numbers{16, 0, -1});
  // The axis of extent 1 stands last, but the pointer that lost its axis comes before it.
  CHECK_FALSE(export_buffer_shape(planes.index(1, 2).layout.insert_axis(2)).shape);
  const auto between = export_buffer_shape(planes.index(1, 2).layout.insert_axis(1));
  REQUIRE(between.shape);
  CHECK(between.shape->suboffsets == Numbers{16, 0, -1});
  const Layout repeated = Layout({{4, 8, 0}, {1, 3, 1}, {3, 1, 1}}, {0}).permute({1, 0, 2}).broadcast(0, 9);
  REQUIRE(export_buffer_shape(repeated).shape);
  CHECK(export_buffer_shape(repeated).shape->suboffsets == Numbers{-1, 0, -1});
}

TEST_CASE("an array without elements is exported whatever its order and offsets") {
  const Layout rows({{0, 8, 0}, {6, 3, 1}}, {-3});
  const auto exported = export_buffer_shape(rows.transpose());
  REQUIRE(exported.shape);
  CHECK(exported.shape->shape == Numbers{6, 0});
  CHECK(exported.shape->strides == Numbers{0, 8});
  CHECK(exported.shape->suboffsets == Numbers{-1, 0});  // one pointer, which nobody follows
  // A pointer still needs an axis.
  CHECK_FALSE(export_buffer_shape(Layout({{0, 8, 0}}, {0, 0})).shape);
}

TEST_CASE("axes whose levels are legal keep them") {
  for (const Numbers& suboffsets : {Numbers{4, -1, -1}, Numbers{-1, 4, -1}, Numbers{4, 4, -1}, Numbers{-1, -1, 4}}) {
    const auto exported = export_buffer_shape(import_buffer_shape(Numbers{1, 1, 4}, Numbers{8, 8, 1}, suboffsets));
    REQUIRE(exported.shape);
    CHECK(exported.shape->suboffsets == suboffsets);
  }
}

TEST_CASE("pixels that are structures become a channel axis") {
  const ImportedBuffer rgb = import_buffer(Numbers{4, 5}, Numbers{16, 3}, {}, "T{B:r:B:g:B:b:}", 3);
  CHECK(rgb.layout == Layout{{4, 16, 0}, {5, 3, 0}, {3, 1, 0}});
  CHECK(rgb.item.format == Format(ElementType::u8));
  CHECK(rgb.item.axes == std::vector<ItemAxis>{{3, {"r", "g", "b"}}});

  const ImportedBuffer rows = import_buffer(Numbers{4, 5}, Numbers{8, 12}, Numbers{2, -1}, ">3f", 12);
  CHECK(rows.layout == Layout({{4, 8, 0}, {5, 12, 1}, {3, 4, 1}}, {2}));
  CHECK(rows.item.format == Format(ElementType::f32, ByteOrder::big));

  // The last pointer leads to an item, so that its axes lie behind it.
  const ImportedBuffer pointers = import_buffer(Numbers{4}, Numbers{8}, Numbers{2}, "(2,3)H", 12);
  CHECK(pointers.layout == Layout({{4, 8, 0}, {2, 6, 1}, {3, 2, 1}}, {2}));
}

TEST_CASE("buffers of scalars are imported with their format") {
  const ImportedBuffer direct = import_buffer(Numbers{4, 5}, Numbers{-8, 4}, {}, "<f", 4);
  CHECK(direct.layout == Layout{{4, -8, 0}, {5, 4, 0}});
  CHECK(direct.item == ItemFormat{Format(ElementType::f32, ByteOrder::little), {}});
  CHECK(import_buffer({}, {}, {}, "B", 1).layout == Layout());
  CHECK(import_buffer({}, {}, {}, "2B", 2).layout == Layout{{2, 1, 0}});
}

TEST_CASE("a buffer without strides lies in C order without gaps") {
  CHECK(import_buffer(Numbers{4, 5}, {}, {}, "3H", 6).layout == Layout{{4, 30, 0}, {5, 6, 0}, {3, 2, 0}});
  CHECK(import_buffer(Numbers{0, 5}, {}, {}, "3H", 6).layout.is_empty());
  require_error(ErrorCode::invalid_argument, "shape, strides and suboffsets have different sizes",
                [] { (void)import_buffer(Numbers{4}, {}, Numbers{0}, "B", 1); });
}

TEST_CASE("a buffer whose itemsize or size is not the format's is refused") {
  require_error(ErrorCode::invalid_argument, "an itemsize of 4 for element format '3B', whose items have 3 bytes",
                [] { (void)import_buffer(Numbers{4}, Numbers{4}, {}, "3B", 4); });
  require_error(ErrorCode::unsupported,
                "position 3: element format 'T{BxB}' has padding, and an axis has its elements "
                "side by side",
                [] { (void)import_buffer(Numbers{4}, Numbers{4}, {}, "T{BxB}", 3); });
  require_error(ErrorCode::invalid_layout, "axis 1: the number of elements does not fit",
                [] { (void)import_buffer(Numbers{1 << 20}, Numbers{0}, {}, "9000000000000000B", 9000000000000000); });
}

TEST_CASE("arrays of different sizes are refused") {
  const Numbers two{1, 2}, three{1, 2, 3};
  require_error(ErrorCode::invalid_argument, "shape, strides and suboffsets have different sizes",
                [&] { (void)import_buffer_shape(two, three); });
  require_error(ErrorCode::invalid_argument, "shape, strides and suboffsets have different sizes",
                [&] { (void)import_buffer_shape(two, two, three); });
}

TEST_CASE("an export without elements can be imported again, whatever its strides") {
  constexpr std::ptrdiff_t huge = std::numeric_limits<std::ptrdiff_t>::max() - 64;
  const Layout layout({{0, 1, 1}, {2, huge, 0}, {2, huge, 1}}, {0});
  const BufferShapeExport exported = export_buffer_shape(layout);
  REQUIRE(exported.shape);
  const Layout back = import_buffer_shape(exported.shape->shape, exported.shape->strides, exported.shape->suboffsets);
  CHECK(back.is_empty());
  CHECK(back.indirections() == 1);
}

}  // namespace
