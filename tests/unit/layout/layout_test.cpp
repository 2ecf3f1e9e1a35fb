#include "imgbuf/layout.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "imgbuf/error.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

constexpr std::ptrdiff_t largest = std::numeric_limits<std::ptrdiff_t>::max();

TEST_CASE("a strided layout computes the address of an element") {
  std::array<std::byte, 64> memory{};
  const Layout layout{{3, 16, 0}, {4, 2, 0}};
  const std::ptrdiff_t index[] = {2, 3};
  CHECK(layout.address(memory.data(), index) == memory.data() + 38);
  CHECK(layout.element_count() == 12);
  CHECK(layout.is_direct());
}

TEST_CASE("a layout's shape is the extents of its axes") {
  using Shape = std::vector<std::ptrdiff_t>;
  const auto shape_of = [](const Layout& layout) {
    const auto shape = layout.shape();
    return Shape(shape.begin(), shape.end());
  };
  CHECK(shape_of(Layout()).empty());
  const Layout many = Layout::contiguous(Shape{2, 1, 3, 0, 5, 1}, 2);
  CHECK(shape_of(many) == Shape{2, 1, 3, 0, 5, 1});
  CHECK(shape_of(many.transpose()) == Shape{1, 5, 0, 3, 1, 2});
}

TEST_CASE("a layout of row pointers follows them and adds the offset") {
  std::array<std::uint8_t, 8> first{}, second{};
  std::array<std::uint8_t*, 2> table{second.data(), first.data()};
  const Layout layout({{2, sizeof(void*), 0}, {3, 2, 1}}, {1});
  const std::ptrdiff_t index[] = {1, 2};
  CHECK(layout.address(reinterpret_cast<std::byte*>(table.data()), index) == reinterpret_cast<std::byte*>(&first[5]));
}

TEST_CASE("slicing an indirect axis moves the pointer offset and not the origin") {
  const Layout layout({{5, 8, 0}, {10, 3, 1}}, {7});
  const Rebased sliced = layout.slice(1, {8, 2, -2});
  CHECK(sliced.origin_offset_bytes == 0);
  CHECK(sliced.layout == Layout({{5, 8, 0}, {3, -6, 1}}, {7 + 24}));
  const Rebased rows = layout.slice(0, {1, {}, 2});
  CHECK(rows.origin_offset_bytes == 8);
  CHECK(rows.layout == Layout({{2, 16, 0}, {10, 3, 1}}, {7}));
}

TEST_CASE("flipping and then slicing away everything keeps the indirection") {
  const Layout layout({{5, 8, 0}, {3, 1, 1}}, {0});
  const Layout sliced = layout.flip(1).layout.slice(1, {4, {}}).layout;
  CHECK(sliced.is_empty());
  CHECK(sliced.indirections() == 1);
}

TEST_CASE("slices with extreme ends and steps are clamped as in Python") {
  const Layout layout{{5, 2, 0}};
  CHECK(layout.slice(0, {-largest, largest, largest}).layout.extent(0) == 1);
  CHECK(layout.slice(0, {largest, -largest - 1, -largest - 1}).layout.extent(0) == 1);
  CHECK(layout.slice(0, {largest, -largest - 1, -largest - 1}).origin_offset_bytes == 8);
  CHECK(layout.slice(0, {3, 3}).layout.is_empty());
  CHECK(layout.slice(0, {10, {}}).origin_offset_bytes == 0);
}

TEST_CASE("layouts that do not fit are refused, naming the axis") {
  require_error(ErrorCode::invalid_argument, "axis 1: negative extent -1", [] { Layout({{2, 1, 0}, {-1, 1, 0}}); });
  require_error(ErrorCode::invalid_argument, "axis 0: level 1 of 0 indirections", [] { Layout({{2, 1, 1}}); });
  require_error(ErrorCode::invalid_layout, "axis 1: the number of elements does not fit", [] {
    Layout({{largest, 0, 0}, {2, 0, 0}});
  });
  require_error(ErrorCode::invalid_layout, "axis 0: the bytes that the strides span do not fit", [] {
    Layout({{3, largest / 2 + 1, 0}});
  });
  require_error(ErrorCode::invalid_layout, "axis 0: the bytes that the strides span do not fit", [] {
    Layout({{2, std::numeric_limits<std::ptrdiff_t>::min(), 0}});
  });
  require_error(ErrorCode::invalid_layout, "level 1: a pointer offset does not fit", [] {
    Layout({{2, 8, 0}}, {std::numeric_limits<std::ptrdiff_t>::min()});
  });
  require_error(ErrorCode::invalid_layout, "axis 0: the bytes of the array do not fit the address space", [] {
    const std::ptrdiff_t shape[] = {largest / 2, 3};
    (void)Layout::contiguous(shape, 1);
  });
  const std::vector<Axis> many(65, Axis{1, 1, 0});
  require_error(ErrorCode::invalid_layout, "more than 64 axes", [&] { (void)Layout(many); });
  // A zero extent elsewhere hides nothing: the other axes still have to fit.
  require_error(ErrorCode::invalid_layout, "axis 1: the bytes that the strides span do not fit", [] {
    Layout({{0, 1, 0}, {largest, 2, 0}});
  });
}

TEST_CASE("operations refuse what has no meaning, naming the axis") {
  const Layout layout{{4, 8, 0}, {2, 1, 0}};
  require_error(ErrorCode::invalid_argument, "axis 0: index 4 is outside an extent of 4",
                [&] { (void)layout.index(0, 4); });
  require_error(ErrorCode::invalid_argument, "axis 0: index -5 is outside an extent of 4",
                [&] { (void)layout.index(0, -5); });
  require_error(ErrorCode::invalid_argument, "axis 2: no such axis in a layout of rank 2",
                [&] { (void)layout.flip(2); });
  require_error(ErrorCode::invalid_argument, "axis 1: slice step is 0", [&] { (void)layout.slice(1, {0, 1, 0}); });
  require_error(ErrorCode::invalid_argument, "axis 1: named twice in a permutation", [&] {
    (void)layout.permute({1, 1});
  });
  require_error(ErrorCode::invalid_argument, "a permutation of 1 axes for a layout of rank 2",
                [&] { (void)layout.permute({0}); });
  require_error(ErrorCode::invalid_argument, "axis 1: cannot drop an axis of extent 2",
                [&] { (void)layout.drop_axis(1); });
  require_error(ErrorCode::invalid_argument, "axis 1: cannot repeat an extent of 2 to 3",
                [&] { (void)layout.broadcast(1, 3); });
  require_error(ErrorCode::invalid_argument, "axis 3: no such place for a new axis in rank 2",
                [&] { (void)layout.insert_axis(3); });
}

TEST_CASE("counts and spans fit up to the last byte") {
  CHECK(Layout{{largest, 0, 0}}.element_count() == largest);
  CHECK(Layout({{largest / 7, 0, 0}, {7, 0, 0}}).element_count() == largest);  // 2^63 - 1 is a multiple of 7
  require_error(ErrorCode::invalid_layout, "axis 1: the number of elements does not fit", [] {
    Layout({{largest / 7 + 1, 0, 0}, {7, 0, 0}});
  });
  // An element or pointer of up to 16 bytes ends inside the range.
  const Layout longest{{largest - 15, 1, 0}};
  CHECK(reached_bytes(longest, 0, 16) == ByteRange{0, largest});
  CHECK(reached_bytes(longest.flip(0).layout, 0, 16) == ByteRange{16 - largest, 16});
  CHECK(longest.flip(0).origin_offset_bytes == largest - 16);
  CHECK(longest.index(0, -1).origin_offset_bytes == largest - 16);
  CHECK(Layout({{2, largest - 16, 0}}, {largest - 16}).slice(0, {1, {}}).origin_offset_bytes == largest - 16);
  const auto refused = [](const Axis& axis) {
    require_error(ErrorCode::invalid_layout, "axis 0: the bytes that the strides span do not fit",
                  [&] { Layout({axis}); });
  };
  refused({largest - 14, 1, 0});
  refused({largest - 14, -1, 0});
  refused({2, largest - 15, 0});
  refused({2, -largest + 15, 0});
  // An offset behind a pointer has the same room, also where no axis follows.
  for (const std::ptrdiff_t offset : {largest - 16, 16 - largest})
    CHECK(Layout({}, {offset}).pointer_offset(0) == offset);
  for (const std::ptrdiff_t offset : {largest - 15, 15 - largest, largest, -largest - 1})
    require_error(ErrorCode::invalid_layout, "level 1: a pointer offset does not fit", [&] { Layout({}, {offset}); });
  // The offset behind a pointer and the strides that follow it share one span.
  CHECK(Layout({{2, 100, 1}}, {largest - 116}).flip(0).layout.pointer_offset(0) == largest - 16);
  require_error(ErrorCode::invalid_layout, "axis 0: the bytes that the strides span do not fit", [] {
    Layout({{2, 100, 1}}, {largest - 115});
  });
  const Layout wide = Layout::contiguous(std::array{largest - 15}, 1);
  CHECK(wide.broadcast_to({1, largest - 15}) == wide.insert_axis(0));
  require_error(ErrorCode::invalid_layout, "axis 1: the number of elements does not fit", [&] {
    (void)wide.broadcast_to({2, largest - 15});
  });
  require_error(ErrorCode::invalid_layout, "axis 1: the number of elements does not fit", [&] {
    const std::vector<std::ptrdiff_t> repeated(5, 0);
    (void)Layout({{largest / 4, 0, 0}, {1, 0, 0}}).select(1, repeated);
  });
}

TEST_CASE("layouts of high rank work beyond the inline storage") {
  Layout layout{{2, 1, 0}};
  for (int n = 0; n < 20; ++n) layout = layout.insert_axis(n % 2 == 0 ? 0 : layout.rank());
  CHECK(layout.rank() == 21);
  CHECK(layout.element_count() == 2);
  Layout copy = layout;
  const Layout moved = std::move(copy);
  CHECK(moved == layout);
  for (int n = 0; n < 20; ++n) layout = layout.drop_axis(layout.extent(0) == 1 ? 0 : layout.rank() - 1);
  CHECK(layout == Layout{{2, 1, 0}});
}

}  // namespace
