#include "imgbuf/buffer_protocol.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
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

TEST_CASE("axes whose levels are legal keep them") {
  for (const Numbers& suboffsets : {Numbers{4, -1, -1}, Numbers{-1, 4, -1}, Numbers{4, 4, -1}, Numbers{-1, -1, 4}}) {
    const auto exported = export_buffer_shape(import_buffer_shape(Numbers{1, 1, 4}, Numbers{8, 8, 1}, suboffsets));
    REQUIRE(exported.shape);
    CHECK(exported.shape->suboffsets == suboffsets);
  }
}

TEST_CASE("arrays of different sizes are refused") {
  const Numbers two{1, 2}, three{1, 2, 3};
  require_error(ErrorCode::invalid_argument, "shape, strides and suboffsets have different sizes",
                [&] { (void)import_buffer_shape(two, three); });
  require_error(ErrorCode::invalid_argument, "shape, strides and suboffsets have different sizes",
                [&] { (void)import_buffer_shape(two, two, three); });
}

}  // namespace
