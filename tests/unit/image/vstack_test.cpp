#include "imgbuf/vstack.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "imgbuf/collapse.hpp"
#include "imgbuf/rewire.hpp"
#include "memory/mapped_pieces.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

using Shape = std::vector<std::ptrdiff_t>;

Array make(const Shape& shape, const Arrangement& arrangement = {}, std::uint32_t seed = 1,
           Format format = ElementType::u8) {
  Array array = Array::allocate(shape, format, arrangement);
  test::fill_random(array.view(), seed);
  return array;
}

/// Stacks, and checks that the elements are the parts' own, one part after the other.
Array require_stacked(const std::vector<Array>& parts) {
  const Array stack = vstack(parts);
  std::ptrdiff_t y = 0;
  for (const Array& part : parts) {
    for (std::ptrdiff_t row = 0; row < part.extent(0); ++row, ++y) {
      if (part.is_empty()) continue;
      const AnyConstView a = stack.const_view().index(0, y), b = part.const_view().index(0, row);
      CHECK(test::packed(a) == test::packed(b));
      const Shape zeros(static_cast<std::size_t>(a.rank()), 0);
      CHECK(a.address(zeros) == b.address(zeros));
    }
  }
  CHECK(stack.extent(0) == y);
  CHECK_NOTHROW(stack.with_view(stack.const_view()));
  return stack;
}

TEST_CASE("parts of any layout are stacked without moving an element") {
  const Array plain = make({3, 4, 2}), other = make({2, 4, 2}, {}, 2);
  const Array rows = make({4, 4, 2}, Arrangement::strips(2), 3);
  CHECK(require_stacked({plain}).layout().indirections() == 1);
  (void)require_stacked({plain, other, plain});
  (void)require_stacked({plain.flip(0), rows.slice(0, {{}, {}, -3}), other});
  (void)require_stacked({rows, rows.index(0, 2).insert_axis(0), plain});
  (void)require_stacked({plain.broadcast_to(Shape{3, 4, 2}), plain.window(0, 1, 1).broadcast_to(Shape{5, 4, 2})});
  // Behind the first axis all may be strided, as long as it is in the same way.
  (void)require_stacked({plain.flip(1), other.flip(1)});
  (void)require_stacked({make({3, 6, 2}).slice(1, {{}, {}, 2}), make({1, 6, 2}, {}, 5).slice(1, {1, {}, 2})});
  // One axis: single elements in any places.
  CHECK(require_stacked({make({5}), make({2}, Arrangement::rows(), 9)}).rank() == 1);
  // Strides that no index uses do not tell parts apart.
  (void)require_stacked({make({2, 1, 3}), make({2, 8, 3}).window(1, 2, 1)});
}

TEST_CASE("pointers behind the first axis are fine as long as they are not needed") {
  const Array one = make({6, 4, 3}, Arrangement::planes());
  // Rows of planes: each has a pointer for each channel, evenly spaced only inside one segment.
  const Array channel = one.index(2, 1);
  (void)require_stacked({channel, channel.flip(0)});
  const Array transposed = make({4, 6}, Arrangement::rows()).transpose();  // pointers select the columns
  (void)require_stacked({transposed, transposed.window(0, 2, 3)});
  require_error(ErrorCode::copy_required,
                "part 1, row 0: needs its pointers: index 2 of axis 0 is not as far from the one before as index 1 is "
                "from index 0",
                [&] {
                  const std::vector<Array> strips{make({3, 2}), make({2, 3}), make({3, 2})};
                  const Array uneven = vstack(std::vector<Array>{make({2, 3}), make({1, 3})}).transpose();
                  (void)vstack(std::vector<Array>{make({3, 4}).window(1, 0, 3), uneven});
                });
}

TEST_CASE("parts without rows and parts without elements are stacked") {
  const Array plain = make({3, 4});
  const Array stack = require_stacked({plain.window(0, 0, 0), plain, plain.window(0, 3, 0)});
  CHECK(stack.extent(0) == 3);
  const Array nothing = require_stacked({plain.window(0, 0, 0), plain.window(0, 1, 0)});
  CHECK(nothing.is_empty());
  CHECK(nothing.extent(1) == 4);
  const Array narrow = require_stacked({plain.window(1, 0, 0), plain.window(1, 2, 0).window(0, 0, 2)});
  CHECK(narrow.extent(0) == 5);
  CHECK(narrow.extent(1) == 0);
  CHECK(vstack(std::vector<Array>{plain.window(0, 0, 0).read_only()}).is_read_only());
}

TEST_CASE("errors name the part and the row") {
  const Array plain = make({3, 4});
  const auto stack = [&](const Array& part) { return vstack(std::vector<Array>{plain, part}); };
  require_error(ErrorCode::invalid_argument, "no arrays to stack", [] { (void)vstack({}); });
  require_error(ErrorCode::invalid_argument, "part 1: elements of format 'H' below elements of format 'B'", [&] {
    (void)stack(make({3, 4}, {}, 1, ElementType::u16));
  });
  require_error(ErrorCode::invalid_argument, "part 1: 3 axes below 2", [&] { (void)stack(make({3, 4, 1})); });
  require_error(ErrorCode::invalid_argument, "part 1: an extent of 5 along axis 1, of part 0 4", [&] {
    (void)stack(make({3, 5}));
  });
  require_error(ErrorCode::invalid_argument, "part 0: a single element has no first axis",
                [] { (void)vstack(std::vector<Array>{make({})}); });
  require_error(ErrorCode::copy_required,
                "part 1, row 0: elements lie as (4) strides (2), behind the first row as (4) strides (1)", [&] {
                  (void)stack(make({3, 8}).slice(1, {{}, {}, 2}));
                });
  constexpr std::ptrdiff_t many = std::ptrdiff_t{1} << 60;
  const Array repeated = plain.window(0, 0, 1).broadcast_to(Shape{many, 4});
  require_error(ErrorCode::limit_exceeded, "part 1: more than 268435456 rows", [&] { (void)stack(repeated); });
  const Array none = make({1, 0}).broadcast_to(Shape{std::numeric_limits<std::ptrdiff_t>::max(), 0});
  require_error(ErrorCode::limit_exceeded, "part 1: more than 268435456 rows", [&] {
    (void)vstack(std::vector<Array>{none, none});
  });
}

TEST_CASE("a stack keeps the memory of all parts, and is read-only when one is") {
  int releases = 0;
  std::byte pixels[12]{};
  const auto part = [&](std::ptrdiff_t row, Access access) {
    return Array::trusted(pixels + 4 * row, Layout({{1, 4, 0}, {4, 1, 0}}), ElementType::u8,
                          std::shared_ptr<void>(pixels, [&releases](void*) { ++releases; }), access);
  };
  Array stack = vstack(std::vector<Array>{part(1, Access::read_write), part(0, Access::read_write)});
  CHECK_FALSE(stack.is_read_only());
  CHECK(releases == 0);
  stack.view().index(0, 0).origin()[2] = std::byte{7};
  CHECK(pixels[6] == std::byte{7});
  Array row = stack.index(0, 1);
  stack = Array();
  CHECK(releases == 0);
  row = Array();
  CHECK(releases == 2);
  CHECK(vstack(std::vector<Array>{part(1, Access::read_write), part(0, Access::read_only)}).is_read_only());
  CHECK(releases == 4);
  CHECK_THROWS_AS(vstack(std::vector<Array>{part(1, Access::read_write), make({1, 3})}), Error);
  CHECK(releases == 5);
}

TEST_CASE("a thousand slices of one image of a thousand segments have its segments") {
  constexpr std::ptrdiff_t count = 1000;
  const Array image = make({count, 3}, Arrangement::strips(1));
  REQUIRE(image.storage().segments().size() == count + 1);
  std::vector<Array> slices;
  for (std::ptrdiff_t y = count; y-- > 0;) slices.push_back(image.window(0, y, 1));
  const Array stack = vstack(slices);
  CHECK(stack.storage().segments().size() == count + 2);
  CHECK(test::packed(stack.const_view()) == test::packed(image.flip(0).const_view()));
  // Also where each slice has a storage of its own with the same segments in it.
  for (Array& slice : slices)
    slice = Array::over(Storage({image.storage().segments().begin(), image.storage().segments().begin() + 9}),
                        image.storage().segments()[0].data, Layout({{1, 3, 0}, {3, 1, 0}}), ElementType::u8);
  CHECK(vstack(slices).storage().segments().size() == 10);
}

TEST_CASE("stacked strips of shared memory can be rewired in any order") {
  const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
  std::vector<Array> strips;
  for (std::uint32_t s = 0; s < 5; ++s)
    strips.push_back(make({4, page}, Arrangement::contiguous().in_shared_memory(), s));
  std::rotate(strips.begin(), strips.begin() + 2, strips.end());
  std::swap(strips[0], strips[3]);
  const Array stack = require_stacked(strips);
  CHECK_FALSE(collapse(stack).array);
  const RewiredArray rewired = rewire(stack);
  CHECK(rewired.reason.empty());
  REQUIRE(rewired.array);
  CHECK(rewired.array->layout().is_direct());
  CHECK(test::packed(rewired.array->const_view()) == test::packed(stack.const_view()));
  const std::ptrdiff_t at[] = {13, 5};
  *rewired.array->view().address(at) = std::byte{99};
  CHECK(*stack.const_view().address(at) == std::byte{99});
}

}  // namespace
