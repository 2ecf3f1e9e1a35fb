#include <catch2/catch.hpp>
#include <cstddef>
#include <limits>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/layout.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;
using Numbers = std::vector<std::ptrdiff_t>;

const Layout rows({{20, 8, 0}, {30, 3, 1}, {3, 1, 1}}, {7});  // row pointers, three channels

TEST_CASE("slices of an indirect buffer have the suboffsets that CPython gives them") {
  // from _testbuffer import *
  // a = ndarray(list(range(24)), shape=[2, 3, 4], format='B', flags=ND_PIL)
  // [(s.shape, s.strides, s.suboffsets) for s in (a[1:], a[:, ::-1], ...)]
  const Layout a = import_buffer_shape(Numbers{2, 3, 4}, Numbers{8, 4, 1}, Numbers{0, -1, -1});
  const auto exports = [](const Layout& layout, const Numbers& shape, const Numbers& strides,
                          const Numbers& suboffsets) {
    const auto exported = export_buffer_shape(layout).shape;
    REQUIRE(exported);
    CHECK(exported->shape == shape);
    CHECK(exported->strides == strides);
    CHECK(exported->suboffsets == suboffsets);
  };
  const Slice reversed{{}, {}, -1};
  exports(a.slice(0, {1, {}}).layout, {1, 3, 4}, {8, 4, 1}, {0, -1, -1});
  exports(a.slice(1, reversed).layout, {2, 3, 4}, {8, -4, 1}, {8, -1, -1});
  exports(a.slice(2, {{}, {}, 2}).layout, {2, 3, 2}, {8, 4, 2}, {0, -1, -1});
  exports(a.slice(1, {1, {}}).layout.slice(2, {3, 0, -2}).layout, {2, 2, 2}, {8, 4, -2}, {7, -1, -1});
  exports(a.slice(0, reversed).layout.slice(1, {2, 0, -1}).layout, {2, 2, 4}, {-8, -4, 1}, {8, -1, -1});
  exports(a.slice(0, {0, 1}).layout.slice(1, {1, 2}).layout, {1, 1, 4}, {8, 4, 1}, {4, -1, -1});
  // CPython gives (-4, -1, -1) here, which says that there are no pointers; nothing is ever followed, but they are there.
  exports(a.slice(1, reversed).layout.slice(1, {4, {}}).layout, {2, 0, 4}, {8, -4, 1}, {8, -1, -1});
}

TEST_CASE("a crop is a window on each of the first axes") {
  CHECK(rows.crop({5, 10}, {3, 4}) == Rebased{Layout({{3, 8, 0}, {4, 3, 1}, {3, 1, 1}}, {7 + 30}), 40});
  CHECK(rows.crop({}, {}) == Rebased{rows, 0});
  CHECK(rows.crop({20, 30, 3}, {0, 0, 0}).layout.is_empty());
  CHECK(rows.crop({20, 30, 3}, {0, 0, 0}).origin_offset_bytes == 0);
  const Layout direct{{20, 100, 0}, {30, 3, 0}};
  CHECK(direct.crop({5, 10}, {3, 4}) == Rebased{Layout{{3, 100, 0}, {4, 3, 0}}, 530});
  require_error(ErrorCode::invalid_argument, "axis 1: indices 29 to 29 + 2 are not inside an extent of 30", [] {
    (void)rows.crop({0, 29}, {1, 2});
  });
  require_error(ErrorCode::invalid_argument, "axis 0: indices -1 to -1 + 2 are not inside an extent of 20", [] {
    (void)rows.crop({-1, 0}, {2, 2});
  });
  require_error(ErrorCode::invalid_argument, "axis 0: indices 3 to 3 + -1 are not inside an extent of 20",
                [] { (void)rows.window(0, 3, -1); });
  constexpr std::ptrdiff_t largest = std::numeric_limits<std::ptrdiff_t>::max();
  CHECK_THROWS_AS(rows.window(0, 2, largest), Error);
  CHECK_THROWS_AS(rows.window(0, largest, largest), Error);
  require_error(ErrorCode::invalid_argument, "a crop of 1 starts and 2 counts for a layout of rank 3", [] {
    (void)rows.crop({0}, {1, 2});
  });
  require_error(ErrorCode::invalid_argument, "a crop of 4 starts and 4 counts for a layout of rank 3", [] {
    (void)rows.crop({0, 0, 0, 0}, {1, 1, 1, 1});
  });
}

TEST_CASE("evenly spaced channels are selected without a copy") {
  const auto selected = [](std::initializer_list<std::ptrdiff_t> channels) { return rows.select(2, channels).layout; };
  const auto with_channels = [](std::ptrdiff_t count, std::ptrdiff_t stride, std::ptrdiff_t offset) {
    return Layout({{20, 8, 0}, {30, 3, 1}, {count, stride, 1}}, {7 + offset});
  };
  CHECK(selected({0, 1, 2}) == rows);
  CHECK(selected({2, 1, 0}) == with_channels(3, -1, 2));
  CHECK(selected({0, 2}) == with_channels(2, 2, 0));
  CHECK(selected({-1, 0}) == with_channels(2, -2, 2));
  CHECK(selected({1}) == with_channels(1, 1, 1));
  CHECK(selected({1, 1, 1, 1}) == with_channels(4, 0, 1));
  CHECK(selected({}) == with_channels(0, 1, 0));
  CHECK(rows.select(0, {2, 4, 6}) == Rebased{Layout({{3, 16, 0}, {30, 3, 1}, {3, 1, 1}}, {7}), 16});
}

TEST_CASE("channels that need a copy or do not exist are refused") {
  for (const Numbers& uneven : {Numbers{0, 2, 1}, Numbers{0, 1, 1}, Numbers{1, 1, 0}, Numbers{0, 1, 2, 0}})
    require_error(ErrorCode::copy_required,
                  "axis 2: the selected indices are not evenly spaced, so only a copy holds them",
                  [&] { (void)rows.select(2, uneven); });
  require_error(ErrorCode::invalid_argument, "axis 2: index 3 is outside an extent of 3", [] {
    (void)rows.select(2, {1, 2, 3});
  });
  // Out of range is said first: a copy would not help.
  require_error(ErrorCode::invalid_argument, "axis 2: index -4 is outside an extent of 3", [] {
    (void)rows.select(2, {0, 2, 1, -4});
  });
  require_error(ErrorCode::invalid_argument, "axis 3: no such axis in a layout of rank 3",
                [] { (void)rows.select(3, {0}); });
}

TEST_CASE("transposing reverses the axes and leaves their levels") {
  CHECK(rows.transpose() == Layout({{3, 1, 1}, {30, 3, 1}, {20, 8, 0}}, {7}));
  CHECK(rows.transpose().transpose() == rows);
  CHECK(Layout().transpose() == Layout());
}

TEST_CASE("squeezing removes the axes of extent 1 alone") {
  const Layout layout({{1, 8, 0}, {0, 3, 1}, {1, 1, 1}, {4, 2, 1}, {1, 9, 0}}, {7});
  CHECK(layout.squeeze() == Layout({{0, 3, 1}, {4, 2, 1}}, {7}));
  CHECK(rows.squeeze() == rows);
  CHECK(Layout({{1, 5, 0}, {1, 6, 0}}).squeeze() == Layout());
}

TEST_CASE("broadcasting aligns the last axes as NumPy does") {
  const Layout column({{4, 8, 0}, {1, 3, 1}}, {7});
  CHECK(column.broadcast_to({4, 1}) == column);
  CHECK(column.broadcast_to({4, 6}) == Layout({{4, 8, 0}, {6, 0, 1}}, {7}));
  CHECK(column.broadcast_to({2, 4, 6}) == Layout({{2, 0, 1}, {4, 8, 0}, {6, 0, 1}}, {7}));
  CHECK(column.broadcast_to({4, 0}).is_empty());
  CHECK(Layout().broadcast_to({2, 3}) == Layout{{2, 0, 0}, {3, 0, 0}});
  CHECK(Layout().broadcast_to({}) == Layout());
  CHECK(Layout{{0, 1, 0}}.broadcast_to({3, 0}).is_empty());
}

TEST_CASE("what NumPy would not broadcast is refused, naming the axis of the new shape") {
  const Layout column{{4, 8, 0}, {1, 3, 0}};
  require_error(ErrorCode::invalid_argument, "cannot broadcast a layout of rank 2 to 1 axes",
                [&] { (void)column.broadcast_to({4}); });
  require_error(ErrorCode::invalid_argument, "axis 1: cannot repeat an extent of 4 to 5", [&] {
    (void)column.broadcast_to({2, 5, 1});
  });
  require_error(ErrorCode::invalid_argument, "axis 1: cannot repeat an extent of 4 to 1", [&] {
    (void)column.broadcast_to({2, 1, 1});
  });
  require_error(ErrorCode::invalid_argument, "axis 0: cannot repeat an extent of 1 to -1", [&] {
    (void)column.broadcast_to({-1, 4, 1});
  });
  require_error(ErrorCode::invalid_argument, "axis 0: cannot repeat an extent of 0 to 3", [] {
    (void)Layout{{0, 1, 0}}.broadcast_to({3});
  });
  require_error(ErrorCode::invalid_layout, "more than 64 axes", [&] { (void)column.broadcast_to(Numbers(65, 1)); });
}

}  // namespace
