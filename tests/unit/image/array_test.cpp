#include "imgbuf/array.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/collapse.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

using Shape = std::vector<std::ptrdiff_t>;

Shape shape_of(const Array& array) {
  const auto shape = array.layout().shape();
  return Shape(shape.begin(), shape.end());
}

std::byte* bytes_of(std::vector<std::byte*>& table) {
  return reinterpret_cast<std::byte*>(table.data());
}

/// A keeper and how often it was released.
struct Counted {
  std::shared_ptr<int> releases = std::make_shared<int>(0);

  [[nodiscard]] std::shared_ptr<void> keeper() const {
    return {static_cast<void*>(releases.get()), [count = releases](void*) { ++*count; }};
  }
};

/// All addresses of an array's elements, in C order.
std::vector<const std::byte*> addresses(const Array& array) {
  std::vector<const std::byte*> result;
  const AnyConstView view = array.const_view();
  if (view.is_empty()) return result;
  Shape index(static_cast<std::size_t>(view.rank()), 0);
  while (true) {
    result.push_back(view.address(index));
    int a = view.rank() - 1;
    for (; a >= 0; --a) {
      const auto at = static_cast<std::size_t>(a);
      if (++index[at] < view.extent(a)) break;
      index[at] = 0;
    }
    if (a < 0) return result;
  }
}

constexpr std::array<Arrangement::Kind, 4> kinds{Arrangement::Kind::contiguous, Arrangement::Kind::rows,
                                                 Arrangement::Kind::strips, Arrangement::Kind::planes};

TEST_CASE("arrays of any rank are allocated in any arrangement that has a meaning for it") {
  const std::vector<Shape> shapes{{},
                                  {1},
                                  {7},
                                  {0},
                                  {5, 4},
                                  {5, 0},
                                  {0, 4},
                                  {6, 5, 3},
                                  {6, 5, 0},
                                  {6, 0, 3},
                                  {0, 5, 3},
                                  {4, 3, 2, 5},
                                  {4, 0, 2, 5},
                                  {1, 1, 1},
                                  {3, 2, 2, 1, 2},
                                  {3, 2, 0, 1, 2},
                                  {2, 2, 2, 2, 2}};
  for (const Shape& shape : shapes)
    for (const Arrangement::Kind kind : kinds)
      for (const std::ptrdiff_t alignment : {1, 64})
        for (const bool is_shared : {false, true})
          for (const Format format : {Format(ElementType::u8), Format(ElementType::f64, ByteOrder::big)}) {
            Arrangement arrangement{kind, 2, alignment, is_shared};
            CAPTURE(shape, arrangement.to_string(), alignment, format.pep3118());
            const bool is_planes = kind == Arrangement::Kind::planes;
            if (is_planes && shape.size() != 2 && shape.size() != 3) {
              require_error(ErrorCode::invalid_argument,
                            "planes are an arrangement of 2 or 3 axes, not of " + std::to_string(shape.size()),
                            [&] { (void)Array::allocate(shape, format, arrangement); });
              continue;
            }
            const Array array = Array::allocate(shape, format, arrangement);
            CHECK(shape_of(array) == shape);
            CHECK(array.format() == format);
            CHECK_FALSE(array.is_read_only());
            const int pointers = is_planes                               ? static_cast<int>(shape.size()) - 1
                                 : kind == Arrangement::Kind::contiguous ? 0
                                                                         : 1;
            if (!array.is_empty()) CHECK(array.layout().indirections() == (shape.empty() ? 0 : pointers));
            // Elements lie in the storage, apart from one another and from the tables.
            const std::vector<const std::byte*> all = addresses(array);
            std::set<const std::byte*> apart(all.begin(), all.end());
            CHECK(apart.size() == all.size());
            const auto itemsize = static_cast<std::size_t>(format.itemsize());
            for (const std::byte* const address : all) {
              CHECK(array.storage().find(address, itemsize));
              CHECK(array.storage().access_of(address, itemsize) == Access::read_write);
            }
            test::fill_random(array.view(), 5);
            const std::vector<std::byte> before = test::packed(array.const_view());
            // Its own tables are trusted, its bounds hold.
            const Array again = array.with_view(array.const_view());
            CHECK(again.storage().segments().data() == array.storage().segments().data());
            CHECK(test::packed(again.const_view()) == before);
            if (alignment != 1 && !shape.empty() && shape.size() < 3 && !array.is_empty())
              for (std::ptrdiff_t y = 0; y < shape[0]; ++y) {
                Shape index(shape.size(), 0);
                index[0] = y;
                CHECK(reinterpret_cast<std::uintptr_t>(array.const_view().address(index)) % 64 == 0);
              }
          }
}

TEST_CASE("what is behind the first axis of new rows is one run in C order") {
  const std::ptrdiff_t shape[] = {3, 2, 4, 5};
  for (const Arrangement& arrangement : {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(2)}) {
    const Array array = Array::allocate(shape, ElementType::u16, arrangement);
    for (std::ptrdiff_t y = 0; y < 3; ++y) {
      const Array row = array.index(0, y);
      REQUIRE(row.layout().is_direct());
      CHECK(is_c_contiguous(row.layout(), 2));
    }
  }
}

TEST_CASE("shapes whose counts do not fit are refused") {
  constexpr std::ptrdiff_t large = std::ptrdiff_t{1} << 40;
  for (const Shape& shape : {Shape{large, large}, Shape{1, large, large}, Shape{large, large, 0},
                             Shape{0, large, large}, Shape{std::ptrdiff_t{1} << 62, 4}, Shape{-1}, Shape{3, -1, 2}}) {
    CAPTURE(shape);
    for (const Arrangement::Kind kind : kinds)
      CHECK_THROWS_AS((void)Array::allocate(shape, ElementType::u16, Arrangement{kind}), Error);
  }
}

/// A table over rows of 4 bytes in shuffled order, at any level, with an offset.
struct Tables {
  std::vector<std::byte> pixels = std::vector<std::byte>(64);
  std::vector<std::byte*> rows{pixels.data() + 28, pixels.data() + 4, pixels.data() + 52, pixels.data() + 16};
  std::vector<std::byte*> planes{bytes_of(rows), bytes_of(rows) + 16};

  Tables() {
    auto* const first = reinterpret_cast<unsigned char*>(pixels.data());
    std::iota(first, first + 64, static_cast<unsigned char>(0));
  }
  [[nodiscard]] std::vector<Segment> segments() {
    return {{pixels.data(), 64},
            {bytes_of(rows), rows.size() * 8, Access::read_only},
            {bytes_of(planes), planes.size() * 8, Access::read_only}};
  }
};

TEST_CASE("pointers may follow any axis of a trusted or checked array") {
  Tables memory;
  std::byte* const planes = bytes_of(memory.planes);
  struct Case {
    Layout layout;
    std::byte* origin;
  };
  const std::vector<Case> cases{
      {Layout({{4, 8, 0}, {4, 1, 1}}, {0}), bytes_of(memory.rows)},                    // rows
      {Layout({{4, 1, 1}, {4, 8, 0}}, {-2}), bytes_of(memory.rows)},                   // the pointer axis is the last
      {Layout({{4, 8, 0}}, {3}), bytes_of(memory.rows)},                               // nothing behind the pointers
      {Layout({{2, -16, 0}, {2, 8, 0}, {2, 2, 1}}, {1}), bytes_of(memory.rows) + 16},  // a table of two axes, flipped
      {Layout({{2, 8, 0}, {2, 8, 1}, {4, 1, 2}}, {0, 0}), planes},                     // planes of rows
      {Layout({{4, -1, 2}, {2, 8, 1}, {2, 8, 0}}, {0, 3}), planes},                    // the same, transposed
      {Layout({{2, 8, 0}, {3, 0, 0}, {2, 8, 1}}, {0, 1}), planes},  // repeated; elements without an axis
      {Layout({{4, 1, 1}}, {0}), bytes_of(memory.rows)},            // a pointer without an axis
      {Layout({}, {2}), bytes_of(memory.rows)},                     // one element behind a pointer
  };
  for (const auto& [layout, origin] : cases) {
    CAPTURE(layout.describe());
    const std::vector<std::byte> wanted = test::packed(AnyConstView(origin, layout, ElementType::u8));
    Tables changing;
    std::byte* const base = origin == bytes_of(memory.rows)        ? bytes_of(changing.rows)
                            : origin == bytes_of(memory.rows) + 16 ? bytes_of(changing.rows) + 16
                                                                   : bytes_of(changing.planes);
    const Array trusted = Array::trusted(base, layout, ElementType::u8, {});
    const Array checked = Array::over(Storage(changing.segments()), base, layout, ElementType::u8);
    CHECK(trusted.layout().indirections() == layout.indirections());
    CHECK(checked.layout().indirections() == layout.indirections());
    // Nothing that becomes of the tables has an effect.
    std::fill(changing.rows.begin(), changing.rows.end(), nullptr);
    std::fill(changing.planes.begin(), changing.planes.end(), nullptr);
    for (const Array& array : {trusted, checked}) {
      CHECK(test::packed(array.const_view()) == wanted);
      CHECK_FALSE(array.is_read_only());
      for (const std::byte* const address : addresses(array))
        CHECK((address >= changing.pixels.data() && address < changing.pixels.data() + 64));
    }
  }
}

TEST_CASE("the segments of a trusted array are what it reaches, stretches that meet as one") {
  Tables memory;
  const Layout rows({{4, 8, 0}, {4, 1, 1}}, {0});
  const auto element_segments = [&](const Array& array) {
    std::vector<std::pair<std::ptrdiff_t, std::size_t>> found;
    for (const Segment& segment : array.storage().segments())
      if (segment.data >= memory.pixels.data() && segment.data < memory.pixels.data() + 64)
        found.emplace_back(segment.data - memory.pixels.data(), segment.bytes);
    std::sort(found.begin(), found.end());
    return found;
  };
  using Found = std::vector<std::pair<std::ptrdiff_t, std::size_t>>;
  CHECK(element_segments(Array::trusted(bytes_of(memory.rows), rows, ElementType::u8, {})) ==
        Found{{4, 4}, {16, 4}, {28, 4}, {52, 4}});
  // Rows that touch, that overlap, that are the same.
  memory.rows = {memory.pixels.data() + 8, memory.pixels.data(), memory.pixels.data() + 4, memory.pixels.data() + 8};
  const Array joined = Array::trusted(bytes_of(memory.rows), rows, ElementType::u8, {});
  CHECK(element_segments(joined) == Found{{0, 12}});
  memory.rows = {memory.pixels.data() + 8, memory.pixels.data() + 6, memory.pixels.data() + 20,
                 memory.pixels.data() + 8};
  CHECK(element_segments(Array::trusted(bytes_of(memory.rows), rows, ElementType::u8, {})) == Found{{6, 6}, {20, 4}});
  // A direct array is one segment from its lowest byte, whatever its strides.
  CHECK(element_segments(Array::trusted(memory.pixels.data() + 40, Layout({{4, -8, 0}, {2, 2, 0}}), ElementType::u16,
                                        {})) == Found{{16, 28}});
  // Rows that are even in one stretch collapse.
  memory.rows = {memory.pixels.data(), memory.pixels.data() + 4, memory.pixels.data() + 8, memory.pixels.data() + 12};
  CHECK(collapse(Array::trusted(bytes_of(memory.rows), rows, ElementType::u8, {})).array);
}

TEST_CASE("a trusted array is read-only when its owner says so, also without elements") {
  std::byte pixels[8]{};
  for (const std::ptrdiff_t extent : {0, 8}) {
    const Layout layout({{extent, 1, 0}});
    const Array array = Array::trusted(pixels, layout, ElementType::u8, {}, Access::read_only);
    CHECK(array.is_read_only());
    CHECK_THROWS_AS((void)array.view(), Error);
    CHECK_FALSE(Array::trusted(pixels, layout, ElementType::u8, {}).is_read_only());
  }
}

TEST_CASE("keepers are released once, with the last array over them") {
  Tables memory;
  const Layout rows({{4, 8, 0}, {4, 1, 1}}, {0});
  for (const std::ptrdiff_t extent : {4, 0}) {
    const Counted counted;
    Array row;
    {
      const Layout layout({{extent, 8, 0}, {4, 1, 1}}, {0});
      const Array array = Array::trusted(bytes_of(memory.rows), layout, ElementType::u8, counted.keeper());
      const Array copy = array;
      row = copy.slice(0, {{}, {}, -1}).transpose();
      CHECK(*counted.releases == 0);
    }
    CHECK(*counted.releases == 0);
    Array moved = std::move(row);
    CHECK(row.storage().segments().empty());  // NOLINT: a moved-from array has no elements
    CHECK(row.is_empty());
    CHECK(*counted.releases == 0);
    moved = Array();
    CHECK(*counted.releases == 1);
  }
  // An array that cannot be made releases it too.
  const Counted refused;
  CHECK_THROWS_AS(
      (void)Array::trusted(bytes_of(memory.rows),
                           Layout({{std::ptrdiff_t{1} << 33, 0, 0}, {(std::ptrdiff_t{1} << 31) + 1, 8, 0}}, {0}),
                           ElementType::u8, refused.keeper()),
      Error);
  CHECK(*refused.releases == 1);

  const Counted outside;
  std::vector<Segment> segments = memory.segments();
  segments[0].keeper = outside.keeper();
  segments[0].bytes = 20;
  require_error(ErrorCode::invalid_layout, "level 1: pointer 0 leads outside the segments",
                [&] { (void)Array::over(Storage(std::move(segments)), bytes_of(memory.rows), rows, ElementType::u8); });
  CHECK(*outside.releases == 1);
}

TEST_CASE("hostile tables are errors") {
  Tables memory;
  const Layout rows({{4, 8, 0}, {4, 1, 1}}, {0});
  const auto over = [&](const Layout& layout, std::byte* origin) {
    return Array::over(Storage(memory.segments()), origin, layout, ElementType::u8);
  };
  std::byte* const table = bytes_of(memory.rows);
  CHECK_NOTHROW((void)over(rows, table));
  CHECK_THROWS_AS((void)over(rows, table + 8), Error);                              // one slot too many
  CHECK_THROWS_AS((void)over(Layout({{4, -8, 0}, {4, 1, 1}}, {0}), table), Error);  // slots before the table
  CHECK_THROWS_AS((void)over(Layout({{4, 8, 0}, {4, 1, 1}}, {9}), table), Error);   // an offset out of the pixels
  CHECK_THROWS_AS((void)over(Layout({{4, 8, 0}, {4, 1, 1}}, {-5}), table), Error);  // and before them
  CHECK_THROWS_AS((void)over(Layout({{4, 8, 0}, {13, 1, 1}}, {0}), table), Error);  // a row too long
  CHECK_THROWS_AS((void)over(Layout({{2, 8, 0}, {4, 8, 1}, {4, 1, 2}}, {0, 0}), bytes_of(memory.planes)), Error);
  for (std::byte* const hostile : {static_cast<std::byte*>(nullptr), reinterpret_cast<std::byte*>(~std::uintptr_t{0}),
                                   reinterpret_cast<std::byte*>(~std::uintptr_t{3}), memory.pixels.data() + 61}) {
    memory.rows[2] = hostile;
    require_error(ErrorCode::invalid_layout, "level 1: pointer 2 leads outside the segments",
                  [&] { (void)over(rows, table); });
    CHECK_NOTHROW((void)over(Layout({{2, 8, 0}, {4, 1, 1}}, {0}), table));  // a slot that no index reads
    CHECK_NOTHROW((void)over(Layout({{4, 8, 0}, {0, 1, 1}}, {0}), table));  // nothing is behind them
  }
}

TEST_CASE("parts and other shapes share the storage and know their elements") {
  Tables memory;
  const Array array = Array::trusted(bytes_of(memory.rows), Layout({{4, 8, 0}, {4, 1, 1}}, {0}), ElementType::u8, {});
  const auto shares = [&](const Array& part) {
    return part.storage().segments().data() == array.storage().segments().data();
  };
  const std::ptrdiff_t starts[] = {1, 2}, counts[] = {2, 2}, indices[] = {3, 1}, shape[] = {2, 4, 4};
  const int order[] = {1, 0};
  const std::vector<std::pair<Array, Shape>> parts{{array.index(0, -1), {4}},
                                                   {array.index(1, 2), {4}},
                                                   {array.slice(1, {{}, {}, -2}), {4, 2}},
                                                   {array.window(0, 1, 2), {2, 4}},
                                                   {array.crop(starts, counts), {2, 2}},
                                                   {array.select(0, indices), {2, 4}},
                                                   {array.flip(0), {4, 4}},
                                                   {array.permute(order), {4, 4}},
                                                   {array.transpose(), {4, 4}},
                                                   {array.insert_axis(1), {4, 1, 4}},
                                                   {array.insert_axis(1).drop_axis(1), {4, 4}},
                                                   {array.insert_axis(0).squeeze(), {4, 4}},
                                                   {array.broadcast_to(shape), {2, 4, 4}}};
  for (const auto& [part, wanted] : parts) {
    CHECK(shares(part));
    CHECK(shape_of(part) == wanted);
    CHECK(shape_of(part.with_view(part.const_view())) == wanted);  // what it reaches is inside
    CHECK(part.read_only().is_read_only());
    CHECK(part.read_only().transpose().is_read_only());
  }
  const auto value = [](const Array& part, const Shape& index) {
    return static_cast<int>(*part.const_view().address(index));
  };
  CHECK(value(array, {2, 3}) == 55);
  CHECK(value(parts[0].first, {3}) == 19);
  CHECK(value(parts[2].first, {2, 1}) == 53);
  CHECK(value(parts[4].first, {1, 0}) == 54);
  CHECK(value(parts[5].first, {1, 0}) == 4);
  CHECK(value(parts[8].first, {3, 2}) == 55);
  CHECK(value(parts[12].first, {1, 2, 3}) == 55);
}

TEST_CASE("a read-only array stays so in every view, and one over read-only memory is") {
  std::byte pixels[16]{};
  const Storage storage({{pixels, 8, Access::read_only}, {pixels + 8, 8}});
  const Layout half({{8, 1, 0}});
  CHECK(Array::over(storage, pixels, half, ElementType::u8).is_read_only());
  const Array second = Array::over(storage, pixels + 8, half, ElementType::u8);
  CHECK_FALSE(second.is_read_only());
  CHECK(second.with_view(AnyConstView(pixels, Layout({{16, 1, 0}}), ElementType::u8)).is_read_only());
  CHECK(second.read_only().with_view(second.const_view()).is_read_only());
}

TEST_CASE("a copy is new memory of the same elements in any arrangement and byte order") {
  Tables memory;
  const Array array = Array::trusted(bytes_of(memory.rows), Layout({{2, 2, 1}, {4, 8, 0}}, {0}), ElementType::u16, {},
                                     Access::read_only);
  const std::vector<std::byte> wanted = test::packed(array.const_view());
  for (const Arrangement::Kind kind : kinds)
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
      const Array copy = copy_of(array, Format(ElementType::u16, order), Arrangement{kind}, Context());
      CHECK(test::packed(copy.const_view()) == wanted);
      CHECK(copy.format().byte_order() == order);
      CHECK_FALSE(copy.is_read_only());
      for (const std::byte* const address : addresses(copy)) CHECK_FALSE(array.storage().find(address, 1));
    }
  CHECK_THROWS_AS((void)copy_of(array, ElementType::u8, {}, Context()), Error);
  const Array single = copy_of(array.index(0, 1).index(0, 3), ElementType::u16, Arrangement::rows(), Context());
  CHECK(single.rank() == 0);
  CHECK(static_cast<int>(*single.const_view().origin()) == 18);
  const Array empty = copy_of(array.slice(0, {0, 0, 1}), ElementType::u16, {}, Context());
  CHECK(empty.is_empty());
  CHECK(shape_of(empty) == Shape{0, 4});
}

TEST_CASE("packed bytes are those of a copy") {
  const Array array = Array::allocate(Shape{3, 5}, ElementType::u16, Arrangement::rows());
  CHECK(array.packed_bytes() == 30);
  CHECK(array.slice(1, {0, 5, 2}).packed_bytes() == 18);
  CHECK(array.index(0, 1).index(0, 3).packed_bytes() == 2);
  CHECK(array.slice(0, {0, 0, 1}).packed_bytes() == 0);
  const Array one = array.index(0, 0).window(0, 0, 1);
  CHECK(one.broadcast_to(Shape{7, 1}).packed_bytes() == 14);
  // Elements that are repeated may be more bytes than there are addresses.
  const Array many = one.broadcast_to(Shape{std::ptrdiff_t{1} << 31, std::ptrdiff_t{1} << 31});
  CHECK_THROWS_AS((void)many.packed_bytes(), Error);
}

}  // namespace
