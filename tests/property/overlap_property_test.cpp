#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/rewire.hpp"
#include "imgbuf/view.hpp"
#include "imgbuf/walk.hpp"
#include "property/random_structure.hpp"
#include "support/image_info.hpp"

namespace {

using namespace imgbuf;
using namespace imgbuf::test;

/// Random views of one piece of memory: strided in any way that stays inside, or behind tables of pointers into it.
class Arena {
 public:
  explicit Arena(Random& random) : random_(random) {
    for (std::byte& b : bytes_) b = static_cast<std::byte>(pick(random, 0, 255));
  }

  AnyView view(const std::vector<std::ptrdiff_t>& shape, ElementType type) {
    return pick(random_, 0, 2) == 0 ? indirect(shape, type) : direct(shape, type);
  }

  [[nodiscard]] std::vector<std::byte> bytes() const { return {bytes_.begin(), bytes_.end()}; }

 private:
  /// Strides that keep all elements inside, most of them nested, some of any size.
  AnyView direct(const std::vector<std::ptrdiff_t>& shape, ElementType type) {
    const std::ptrdiff_t item = size_of(type);
    for (;;) {
      std::vector<std::size_t> order(shape.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::shuffle(order.begin(), order.end(), random_);
      std::vector<Axis> axes(shape.size());
      const bool is_wild = pick(random_, 0, 4) == 0;
      std::ptrdiff_t stride = item, low = 0, high = 0;
      for (const std::size_t a : order) {
        if (pick(random_, 0, 2) == 0) stride += pick(random_, 0, 3);
        axes[a] = {shape[a], is_wild ? pick(random_, 1, 12) : stride, 0};
        if (pick(random_, 0, 2) == 0) axes[a].byte_stride = -axes[a].byte_stride;
        (axes[a].byte_stride < 0 ? low : high) += axes[a].byte_stride * (shape[a] - 1);
        stride *= shape[a];
      }
      const std::ptrdiff_t room = size - (high - low) - item;
      if (room < 0) continue;
      return AnyView(bytes_.data() - low + pick(random_, 0, std::min<std::ptrdiff_t>(room, 40)), Layout(axes), type);
    }
  }

  AnyView indirect(const std::vector<std::ptrdiff_t>& shape, ElementType type) {
    std::vector<std::ptrdiff_t> box(shape.begin() + 1, shape.end());
    std::vector<std::byte*> table;
    const AnyView first = direct(box, type);
    std::ptrdiff_t low = 0, high = 0;
    for (const Axis& axis : first.layout().axes())
      (axis.byte_stride < 0 ? low : high) += axis.byte_stride * (axis.extent - 1);
    const std::ptrdiff_t last = size - size_of(type) - high;
    const std::ptrdiff_t pitch = pick(random_, 1, 40);
    const bool is_regular = pick(random_, 0, 1) == 0;
    for (std::ptrdiff_t i = 0; i < shape[0]; ++i)
      table.push_back(bytes_.data() +
                      std::clamp(is_regular ? -low + i * pitch : pick(random_, -low, last), -low, last));
    if (pick(random_, 0, 2) == 0) std::shuffle(table.begin(), table.end(), random_);
    std::vector<Axis> axes{{shape[0], sizeof(std::byte*), 0}};
    for (Axis axis : first.layout().axes()) {
      axis.level = 1;
      axes.push_back(axis);
    }
    tables_.push_back(std::move(table));
    return AnyView(reinterpret_cast<std::byte*>(tables_.back().data()), Layout(axes, std::vector<std::ptrdiff_t>{0}),
                   type);
  }

  static constexpr std::ptrdiff_t size = 600;
  Random& random_;
  std::array<std::byte, size> bytes_{};
  std::vector<std::vector<std::byte*>> tables_;
};

std::set<const std::byte*> bytes_of(const std::vector<const std::byte*>& elements, std::ptrdiff_t itemsize) {
  std::set<const std::byte*> result;
  for (const std::byte* element : elements)
    for (std::ptrdiff_t b = 0; b < itemsize; ++b) result.insert(element + b);
  return result;
}

struct Truth {
  bool repeats = false;  ///< the destination has one byte twice
  bool same = false;     ///< each index is the same element in both
  bool shares = false;   ///< some byte belongs to both
};

Truth look_at_every_byte(const AnyView& destination, const AnyView& source) {
  const std::ptrdiff_t item = destination.format().itemsize();
  const auto to = addresses(destination), from = addresses(source);
  const auto written = bytes_of(to, item), read = bytes_of(from, item);
  return {written.size() != to.size() * static_cast<std::size_t>(item), to == from,
          std::any_of(read.begin(), read.end(), [&](const std::byte* b) { return written.count(b) != 0; })};
}

TEST_CASE("a copy within one memory is as if the source had been copied first") {
  constexpr ElementType types[] = {ElementType::u8, ElementType::u16, ElementType::u32, ElementType::f64};
  std::map<std::string, int> seen;
  for (std::uint32_t seed = 0; seed < 20000; ++seed) {
    Random random(seed);
    Arena arena(random);
    std::vector<std::ptrdiff_t> shape(static_cast<std::size_t>(pick(random, 1, 3)));
    for (std::ptrdiff_t& extent : shape) extent = pick(random, 1, shape.size() == 1 ? 20 : 5);
    const ElementType type = types[pick(random, 0, 3)];
    const AnyView destination = arena.view(shape, type);
    AnyView source = arena.view(shape, type);
    if (pick(random, 0, 9) == 0) source = destination;
    const Truth truth = look_at_every_byte(destination, source);
    CAPTURE(seed, destination.layout().describe(), source.layout().describe(), to_string(type));

    std::vector<std::byte> expected;
    for (const std::byte* element : addresses(source))
      expected.insert(expected.end(), element, element + size_of(type));
    const std::vector<std::byte> before = arena.bytes();
    Context careful;
    careful.allow_copies = false;
    if (truth.repeats) {
      ++seen["repeats"];
      REQUIRE_THROWS_AS(copy(destination, source), Error);
      REQUIRE(arena.bytes() == before);
      continue;
    }
    if (truth.shares && !truth.same) {
      ++seen["overlaps"];
      REQUIRE_THROWS_AS(copy(destination, source, careful), Error);
      REQUIRE(arena.bytes() == before);
    } else {
      ++seen[truth.same ? "same" : "disjoint"];
    }
    const Context context;
    copy(destination, source, context);
    REQUIRE((context.copied_bytes() != 0) == (truth.shares && !truth.same));
    std::vector<std::byte> result;
    for (const std::byte* element : addresses(destination))
      result.insert(result.end(), element, element + size_of(type));
    REQUIRE(result == expected);
  }
  for (const char* kind : {"repeats", "overlaps", "same", "disjoint"}) CHECK(seen[kind] > 500);
}

TEST_CASE("a walk that writes two operands wants them apart") {
  std::array<std::uint8_t, 32> memory{};
  const View<std::uint8_t> all(memory.data(), Layout{{32, 1, 0}});
  const View<std::uint8_t> even(memory.data(), Layout{{16, 2, 0}});
  const View<std::uint8_t> odd(memory.data() + 1, Layout{{16, 2, 0}});
  const View<std::uint8_t> low(memory.data(), Layout{{16, 1, 0}});
  const auto nothing = [](Run<std::uint8_t>, Run<std::uint8_t>) {};
  CHECK_NOTHROW(for_each_run(Context(), nothing, even, odd));
  CHECK_NOTHROW(for_each_run(
      Context(), [](Run<std::uint8_t>, Run<const std::uint8_t>) {}, all, View<const std::uint8_t>(all)));
  const char* const refusal =
      "operand 1: shares memory with operand 0, and both may be written: what is only read should be a view of const "
      "elements";
  CHECK_THROWS_WITH(for_each_run(Context(), nothing, even, low), refusal);
  CHECK_THROWS_WITH(for_each_run(Context(), nothing, all, all), refusal);

  // So many stretches that cross each other that not all are compared: then each element is looked at.
  std::vector<std::uint8_t> many(15'000'000);
  const Layout sparse{{1000, 15000, 0}, {15, 700, 0}, {15, 40, 0}, {15, 2, 0}};
  const View<std::uint8_t> first(many.data(), sparse);
  CHECK_NOTHROW(for_each_run(Context(), nothing, first, View<std::uint8_t>(many.data() + 1, sparse)));
  CHECK_THROWS_WITH(for_each_run(Context(), nothing, first, View<std::uint8_t>(many.data() + 2, sparse)), refusal);
}

TEST_CASE("a source that repeats and overlaps is copied once, not for each repetition") {
  std::array<std::uint8_t, 16> memory{};
  std::iota(memory.begin(), memory.end(), std::uint8_t{1});
  const AnyView destination(reinterpret_cast<std::byte*>(memory.data()), Layout{{4, 4, 0}, {4, 1, 0}}, ElementType::u8);
  const AnyView row = destination.window(0, 1, 1).broadcast(0, 4);
  const Context context;
  copy(destination, row, context);
  CHECK(context.copied_bytes() == 4);
  CHECK(memory == std::array<std::uint8_t, 16>{5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8});
}

/// An image of shared strips, each a page, that can be mapped a second time.
Image shared_strips(std::ptrdiff_t strips) {
  const auto page = static_cast<std::ptrdiff_t>(sysconf(_SC_PAGESIZE));
  return Image::allocate(gray_info(8 * strips, page / 8), Arrangement::strips(8).in_shared_memory());
}

TEST_CASE("memory that is mapped twice overlaps itself") {
  const Image image = shared_strips(5);
  // Strips in another order, so that the rewired image is a permutation of the first.
  RowPointers<std::byte> in_order = row_pointers(image.view());
  std::vector<std::byte*> rows(in_order.data(), in_order.data() + in_order.size());
  std::rotate(rows.begin(), rows.begin() + 16, rows.end());
  std::vector<Segment> segments(image.storage().segments().begin(), image.storage().segments().end());
  Segment table = allocate_segment(rows.size() * sizeof(std::byte*));
  std::memcpy(table.data, rows.data(), rows.size() * sizeof(std::byte*));
  segments.push_back(table);
  const Image rotated =
      Image::over(Storage(std::move(segments)), table.data, image.const_view().layout(), image.info());
  const Rewiring rewiring = rewire(rotated);
  INFO(rewiring.reason);
  REQUIRE(rewiring.image);
  const AnyView rewired = rewiring.image->view();
  REQUIRE(rewired.layout().is_direct());

  std::uint32_t seed = 1;
  const auto fill = [&] {
    Random random(seed++);
    for (const std::byte* b : addresses(image.const_view()))
      *const_cast<std::byte*>(b) = static_cast<std::byte>(pick(random, 0, 255));
  };
  const auto values = [](const AnyConstView& view) {
    std::vector<std::byte> result;
    for (const std::byte* b : addresses(view)) result.push_back(*b);
    return result;
  };
  const std::ptrdiff_t bytes = image.const_view().layout().element_count();

  SECTION("every element is another one in the other mapping") {
    fill();
    const auto expected = values(image.const_view());
    const Context context;
    copy(rewired, image.const_view(), context);
    CHECK(context.copied_bytes() == bytes);
    CHECK(values(rewired) == expected);
  }
  SECTION("windows of different strips share nothing, those of the same strip do") {
    fill();
    const Context context;
    // Rows 0 to 7 of the image are rows 24 to 31 of the rewired one.
    copy(rewired.window(0, 0, 8), image.const_view().window(0, 0, 8), context);
    CHECK(context.copied_bytes() == 0);
    copy(rewired.window(0, 24, 8), image.const_view().window(0, 1, 8), context);
    CHECK(context.copied_bytes() == 8 * image.info().width);
  }
  SECTION("two written operands are refused") {
    CHECK_THROWS_AS(for_each_run(
                        Context(), [](Run<std::uint8_t>, Run<std::uint8_t>) {}, rewired.as<std::uint8_t>(),
                        image.view().as<std::uint8_t>()),
                    Error);
  }
  SECTION("elements across the edge of two pieces belong to both") {
    int overlaps = 0;
    for (std::uint32_t n = 0; n < 400; ++n) {
      Random random(n);
      constexpr ElementType types[] = {ElementType::u16, ElementType::u32, ElementType::f64};
      const ElementType type = types[pick(random, 0, 2)];
      const std::ptrdiff_t item = size_of(type), count = pick(random, 1, 40), strip = bytes / 5;
      const auto line = [&](const AnyView& view) {
        // Around the beginning of a strip, at any byte.
        const std::ptrdiff_t stride = item + pick(random, 0, 3);
        std::byte* const first =
            view.address({0, 0, 0}) +
            std::clamp<std::ptrdiff_t>(pick(random, 0, 4) * strip - pick(random, 0, 60), 0, bytes - count * (item + 3));
        const AnyView result(first, Layout{{count, stride, 0}}, type);
        return pick(random, 0, 1) == 0 ? result : result.flip(0);
      };
      const AnyView destination = line(pick(random, 0, 1) == 0 ? rewired : image.view());
      const AnyView source = line(pick(random, 0, 1) == 0 ? rewired : image.view());
      fill();
      std::vector<std::byte> expected;
      for (const std::byte* e : addresses(source)) expected.insert(expected.end(), e, e + item);
      const Context context;
      copy(destination, source, context);
      overlaps += context.copied_bytes() != 0 ? 1 : 0;
      std::vector<std::byte> seen;
      for (const std::byte* e : addresses(destination)) seen.insert(seen.end(), e, e + item);
      CAPTURE(n, to_string(type), destination.layout().describe(), source.layout().describe());
      REQUIRE(seen == expected);
    }
    CHECK(overlaps > 20);
  }
  SECTION("random windows of both mappings are as if copied first") {
    int overlaps = 0;
    for (int n = 0; n < 300; ++n) {
      Random random(static_cast<std::uint32_t>(n));
      const std::ptrdiff_t height = pick(random, 1, 12), width = pick(random, 1, 40);
      const auto window = [&](const AnyView& view) {
        AnyView w = view.window(0, pick(random, 0, 40 - height), height).window(1, pick(random, 0, 9), width);
        if (pick(random, 0, 1) == 0) w = w.flip(0);
        return w;
      };
      const AnyView destination = window(pick(random, 0, 1) == 0 ? rewired : image.view());
      const AnyView source = window(pick(random, 0, 1) == 0 ? rewired : image.view());
      fill();
      const auto expected = values(source);
      const Context context;
      copy(destination, source, context);
      overlaps += context.copied_bytes() != 0 ? 1 : 0;
      CAPTURE(n);
      REQUIRE(values(destination) == expected);
    }
    CHECK(overlaps > 20);
    CHECK(overlaps < 250);
  }
}

}  // namespace
