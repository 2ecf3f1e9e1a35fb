#include "imgbuf/handoff.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/vstack.hpp"
#include "memory/mapped_pieces.hpp"
#include "support/guarded_image.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

using Shape = std::vector<std::ptrdiff_t>;

constexpr std::array<Consumer, 5> all_consumers{consumers::numpy, consumers::strided_buffer, consumers::indirect_buffer,
                                                consumers::dlpack, consumers::dlpack_unversioned};

constexpr ByteOrder other_order = native_byte_order == ByteOrder::little ? ByteOrder::big : ByteOrder::little;

Array make(const Shape& shape, const Arrangement& arrangement = {}, Format format = ElementType::u8) {
  Array array = Array::allocate(shape, format, arrangement);
  test::fill_random(array.view(), 3);
  return array;
}

/// Rows of one image in separate memory.
Array scattered(std::ptrdiff_t height, std::ptrdiff_t width, Format format = ElementType::u8) {
  std::vector<Array> rows;
  for (std::ptrdiff_t y = 0; y < height; ++y) rows.push_back(make({1, width}, {}, format));
  return vstack(rows);
}

Array of_bytes(std::byte* origin, const Layout& layout, Format format, Access access = Access::read_write) {
  return Array::trusted(origin, layout, format, {}, access);
}

/// Explains, does it with copies and without, and checks that each does what was explained.
Handoff require_handoff(const Array& array, const Consumer& consumer, HandoffKind kind) {
  CAPTURE(consumer.name, array.layout().describe(), array.format().pep3118());
  const Handoff said = explain_handoff(array, consumer);
  CAPTURE(said.reason);
  CHECK(to_string(said.kind) == to_string(kind));
  CHECK((said.copied_bytes != 0) == (kind == HandoffKind::copied && !array.is_empty()));
  CHECK((said.mapped_bytes != 0) == (kind == HandoffKind::rewired));
  CHECK((said.table_bytes == 0 || consumer.follows_pointers));
  CHECK(said.reason.empty() == (kind == HandoffKind::shared && said.table_bytes == 0));

  const Context context;
  const HandedArray handed = hand_off(array, consumer, context);
  CHECK(to_string(handed.handoff.kind) == to_string(said.kind));
  CHECK(handed.handoff.reason == said.reason);
  CHECK(handed.handoff.copied_bytes == said.copied_bytes);
  CHECK(handed.handoff.mapped_bytes == said.mapped_bytes);
  CHECK(handed.handoff.table_bytes == said.table_bytes);
  CHECK(context.copied_bytes() == said.copied_bytes);

  // The consumer can take it, and finds the same elements.
  const Array& got = handed.array;
  CHECK(test::packed(got.const_view()) == test::packed(array.const_view()));
  CHECK((got.layout().is_direct() || consumer.follows_pointers));
  CHECK(export_buffer_shape(got.layout()).shape);
  if (consumer.needs_native_byte_order) CHECK(got.format().is_native());
  if (consumer.needs_writable) CHECK_FALSE(got.is_read_only());
  CHECK(got.format().type() == array.format().type());
  if (got.is_empty()) CHECK(got.layout().is_direct());
  if (kind != HandoffKind::copied) CHECK(got.is_read_only() == array.is_read_only());
  if (kind == HandoffKind::shared && !array.is_empty()) {
    const Shape zeros(static_cast<std::size_t>(array.rank()), 0);
    CHECK(got.const_view().address(zeros) == array.const_view().address(zeros));
  }

  Context no_copies;
  no_copies.allow_copies = false;
  if (kind == HandoffKind::copied)
    require_error(ErrorCode::copy_required,
                  said.reason + "; a copy takes " + std::to_string(said.copied_bytes) + " bytes",
                  [&] { (void)hand_off(array, consumer, no_copies); });
  else
    CHECK(to_string(hand_off(array, consumer, no_copies).handoff.kind) == to_string(kind));
  CHECK(no_copies.copied_bytes() == 0);
  return said;
}

TEST_CASE("strided arrays are shared with everybody") {
  for (const Consumer& consumer : all_consumers) {
    for (const Array& array : {make({4, 5, 3}), make({4, 5, 3}).flip(1), make({4, 5}, {}, ElementType::f32).transpose(),
                               make({}, {}, ElementType::f64), make({3, 1}).broadcast_to(Shape{2, 3, 4}),
                               make({6, 6}, {}, ElementType::u16).slice(0, {{}, {}, -2})})
      (void)require_handoff(array, consumer, HandoffKind::shared);
  }
}

TEST_CASE("pointers that are not needed are lost, except where they are followed") {
  for (const Consumer& consumer : all_consumers)
    for (const Array& array : {make({4, 5, 3}, Arrangement::rows()), make({4, 5}, Arrangement::rows()).flip(0),
                               make({6, 5, 3}, Arrangement::planes()).index(2, 1), make({1}, Arrangement::rows()),
                               vstack(std::vector<Array>{make({1, 5})})}) {
      (void)require_handoff(array, consumer, HandoffKind::shared);
      CHECK(hand_off(array, consumer, Context()).array.layout().is_direct() == !consumer.follows_pointers);
    }
}

TEST_CASE("arrays without elements and without axes are shared, whatever their pointers") {
  for (const Consumer& consumer : all_consumers) {
    for (const Arrangement& arrangement : {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(2),
                                           Arrangement::planes(), Arrangement::strips(2).in_shared_memory()})
      for (const Shape& shape : {Shape{0, 4, 3}, Shape{4, 0, 3}, Shape{4, 3, 0}, Shape{0, 0, 0}}) {
        const Array array = make(shape, arrangement);
        (void)require_handoff(array, consumer, HandoffKind::shared);
        (void)require_handoff(array.transpose(), consumer, HandoffKind::shared);
      }
    (void)require_handoff(scattered(3, 4).index(0, 1).index(0, 2), consumer, HandoffKind::shared);
    (void)require_handoff(scattered(3, 4).window(1, 2, 0), consumer, HandoffKind::shared);
  }
}

TEST_CASE("scattered rows are copied for a strided consumer, and the reason says why") {
  const Array rows = scattered(4, 6, ElementType::u16);
  for (const Consumer& consumer : all_consumers) {
    if (consumer.follows_pointers) {
      const Handoff shared = require_handoff(rows, consumer, HandoffKind::shared);
      CHECK(shared.table_bytes == 0);
      continue;
    }
    const Handoff copied = require_handoff(rows, consumer, HandoffKind::copied);
    CHECK(copied.copied_bytes == 4 * 6 * 2);
    CHECK(copied.reason.find(", and it cannot be rewired: index 0 of axis 0 does not lie in shared memory") !=
          std::string::npos);
    CHECK(is_c_contiguous(hand_off(rows.transpose(), consumer, Context()).array.layout(), 2));
  }
}

TEST_CASE("strips of shared memory are rewired") {
  const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
  const Array strips = make({12, page}, Arrangement::strips(4).in_shared_memory());
  const Array shuffled =
      vstack(std::vector<Array>{strips.window(0, 8, 4), strips.window(0, 0, 4), strips.window(0, 4, 4)});
  for (const Consumer& consumer : all_consumers) {
    if (consumer.follows_pointers) {
      (void)require_handoff(shuffled, consumer, HandoffKind::shared);
      continue;
    }
    const Handoff rewired = require_handoff(shuffled, consumer, HandoffKind::rewired);
    CHECK(rewired.mapped_bytes == static_cast<std::size_t>(12 * page));
    const HandedArray handed = hand_off(shuffled, consumer, Context());
    const std::ptrdiff_t at[] = {5, 7};
    const std::byte before = *shuffled.const_view().address(at);
    *handed.array.view().address(at) ^= std::byte{0xFF};
    CHECK(*shuffled.const_view().address(at) == (before ^ std::byte{0xFF}));
    // In order they lie side by side already.
    (void)require_handoff(strips, consumer, HandoffKind::shared);
    // Pieces that are no whole pages cannot be.
    const Handoff copied = require_handoff(
        vstack(std::vector<Array>{strips.window(0, 3, 1).window(1, 0, 100), strips.window(0, 1, 1).window(1, 50, 100),
                                  strips.window(0, 2, 1).window(1, 0, 100)}),
        consumer, HandoffKind::copied);
    CHECK(copied.copied_bytes == 300);
  }
  (void)require_handoff(shuffled.read_only(), consumers::numpy, HandoffKind::rewired);
  // Rewired memory may also start where an element cannot.
  const Layout line({{1, 0, 0}, {64, 2, 0}});
  std::byte* const first = strips.view().address({0, 0});
  const Array odd = vstack(std::vector<Array>{of_bytes(first + 8 * page + 1, line, ElementType::u16),
                                              of_bytes(first + 1, line, ElementType::u16)});
  (void)require_handoff(odd, consumers::numpy, HandoffKind::rewired);
  CHECK(require_handoff(odd, consumers::dlpack, HandoffKind::copied).reason ==
        "DLPack needs elements of 2 bytes at multiples of their size");
}

TEST_CASE("what a consumer cannot say of elements takes a copy") {
  const Array swapped = make({3, 4}, {}, Format(ElementType::u16, other_order));
  const Array read_only = make({3, 4}).read_only();
  for (const Consumer& consumer : all_consumers) {
    const std::string name(consumer.name);
    const bool is_swapped_shared = !consumer.needs_native_byte_order;
    const Handoff of_swapped =
        require_handoff(swapped, consumer, is_swapped_shared ? HandoffKind::shared : HandoffKind::copied);
    if (!is_swapped_shared) {
      CHECK(of_swapped.reason ==
            name + " has no elements of the other byte order ('" + swapped.format().pep3118() + "')");
      CHECK(of_swapped.copied_bytes == 24);
    }
    const Handoff of_read_only =
        require_handoff(read_only, consumer, consumer.needs_writable ? HandoffKind::copied : HandoffKind::shared);
    if (consumer.needs_writable) CHECK(of_read_only.reason == name + " cannot say that memory is read-only");
  }
}

TEST_CASE("steps that are no multiple of the element take a copy for DLPack") {
  alignas(8) static std::byte memory[256]{};
  for (const Consumer& consumer : all_consumers) {
    const HandoffKind kind = consumer.needs_whole_element_steps ? HandoffKind::copied : HandoffKind::shared;
    const std::string name(consumer.name);
    const auto reason = [&](const Array& array) { return require_handoff(array, consumer, kind).reason; };
    const std::string steps = reason(of_bytes(memory, Layout({{3, 18, 0}, {4, 4, 0}}), ElementType::f32));
    const std::string aligned = reason(of_bytes(memory + 2, Layout({{3, 16, 0}, {4, 4, 0}}), ElementType::f32));
    if (kind == HandoffKind::copied) {
      CHECK(steps == name + " counts strides in elements: axis 0 steps by 18 bytes, an element has 4");
      CHECK(aligned == name + " needs elements of 4 bytes at multiples of their size");
    }
    // Strides that no index uses, and elements of a byte, do not matter.
    (void)require_handoff(of_bytes(memory, Layout({{1, 18, 0}, {4, 4, 0}, {1, 3, 0}}), ElementType::f32), consumer,
                          HandoffKind::shared);
    (void)require_handoff(of_bytes(memory + 3, Layout({{3, 17, 0}, {4, -1, 0}}), ElementType::u8), consumer,
                          HandoffKind::shared);
    (void)require_handoff(of_bytes(memory + 3, Layout({{0, 17, 0}, {4, 3, 0}}), ElementType::f32), consumer,
                          HandoffKind::shared);
    // The steps of collapsed pointers count too.
    std::vector<Array> rows;
    const Array block = of_bytes(memory, Layout({{3, 18, 0}, {4, 4, 0}}), ElementType::f32);
    for (std::ptrdiff_t y = 0; y < 3; ++y) rows.push_back(block.window(0, y, 1));
    if (!consumer.follows_pointers) (void)require_handoff(vstack(rows), consumer, kind);
  }
}

TEST_CASE("a consumer's axes are counted") {
  const std::vector<std::ptrdiff_t> ones(33, 1);
  const Array array = make({1}).broadcast_to(ones);
  require_error(ErrorCode::unsupported, "NumPy has at most 32 axes, not 33",
                [&] { (void)explain_handoff(array, consumers::numpy); });
  require_error(ErrorCode::unsupported, "NumPy has at most 32 axes, not 33",
                [&] { (void)hand_off(array, consumers::numpy, Context()); });
  (void)require_handoff(array, consumers::strided_buffer, HandoffKind::shared);
  (void)require_handoff(array.index(0, 0), consumers::numpy, HandoffKind::shared);
}

TEST_CASE("an order of axes that PEP 3118 has not gets a new table") {
  const Array rows = vstack(std::vector<Array>{make({1, 5, 16}), make({1, 5, 16}), make({1, 5, 16})});
  const int order[] = {1, 0, 2};
  const Handoff table = require_handoff(rows.permute(order), consumers::indirect_buffer, HandoffKind::shared);
  CHECK(table.table_bytes == 5 * 3 * 8);
  CHECK(table.reason ==
        "axis 1 lies before an earlier axis' pointer, and PEP 3118 follows pointers in the order of the axes");
}

TEST_CASE("a table larger than the elements is not made") {
  const Array columns = scattered(3, 40).transpose();
  const Handoff copied = require_handoff(columns, consumers::indirect_buffer, HandoffKind::copied);
  CHECK(copied.copied_bytes == 120);
  CHECK(copied.reason.find("; a new pointer table would take ") != std::string::npos);
  CHECK(copied.reason.find(" bytes, more than the elements") != std::string::npos);
  // Repeated elements may be more than fit the memory; a table of them is small.
  const std::ptrdiff_t shape[] = {40, 3, std::numeric_limits<std::ptrdiff_t>::max() / 240};
  const Array repeated = scattered(3, 40, ElementType::f64).transpose().insert_axis(2).broadcast_to(shape);
  const Handoff shared = explain_handoff(repeated, consumers::indirect_buffer);
  CHECK(to_string(shared.kind) == "shared");
  CHECK(shared.table_bytes == 40 * 3 * 8);
  CHECK(hand_off(repeated, consumers::indirect_buffer, Context()).handoff.table_bytes == shared.table_bytes);
}

TEST_CASE("negative offsets get a table for the indirect buffer") {
  std::vector<std::byte> pixels(64);
  std::vector<std::byte*> table{pixels.data() + 24, pixels.data() + 60};
  const Array array =
      Array::over(Storage({{pixels.data(), 64}, {reinterpret_cast<std::byte*>(table.data()), 16}}),
                  reinterpret_cast<std::byte*>(table.data()), Layout({{2, 8, 0}, {12, 1, 1}}, {-20}), ElementType::u8);
  (void)require_handoff(array, consumers::indirect_buffer, HandoffKind::shared);
  (void)require_handoff(array.slice(1, {{}, {}, -1}).slice(1, {4, {}, 1}), consumers::indirect_buffer,
                        HandoffKind::shared);
}

TEST_CASE("a copy of a handoff can be cancelled") {
  const Array rows = scattered(4, 6);
  Context context;
  context.cancel();
  CHECK_THROWS_AS((void)hand_off(rows, consumers::numpy, context), Error);
}

TEST_CASE("threads hand on one array and let go of it in any order") {
  const auto page = static_cast<std::ptrdiff_t>(memory::page_bytes());
  std::atomic<int> releases = 0;
  std::atomic<int> wrong = 0;
  {
    const Array strips = make({8, page}, Arrangement::strips(2).in_shared_memory());
    Array shuffled = vstack(std::vector<Array>{strips.window(0, 6, 2), strips.window(0, 0, 6)});
    std::vector<std::byte> memory(64);
    std::vector<std::byte*> table{memory.data() + 40, memory.data(), memory.data() + 20};
    Array rows =
        Array::trusted(reinterpret_cast<std::byte*>(table.data()), Layout({{3, 8, 0}, {16, 1, 1}}, {0}),
                       ElementType::u8, std::shared_ptr<void>(memory.data(), [&releases](void*) { ++releases; }));
    const std::vector<std::byte> wanted = test::packed(shuffled.const_view());
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&wrong, &wanted, shuffled, rows]() mutable {
        for (int i = 0; i < 20; ++i) {
          const Array rewired = hand_off(shuffled, consumers::numpy, Context()).array;
          const Array copied = hand_off(rows, consumers::numpy, Context()).array;
          const Array both = vstack(std::vector<Array>{rows, rows.flip(0)});
          const Array indirect = hand_off(both.index(1, 3), consumers::indirect_buffer, Context()).array;
          if (test::packed(rewired.const_view()) != wanted || copied.is_empty() || indirect.is_empty()) ++wrong;
        }
        rows = Array();
        shuffled = Array();
      });
    rows = Array();
    shuffled = Array();
  }
  CHECK(wrong == 0);
  CHECK(releases == 1);
}

TEST_CASE("the kinds of handoff have names") {
  CHECK(to_string(HandoffKind::shared) == "shared");
  CHECK(to_string(HandoffKind::rewired) == "rewired");
  CHECK(to_string(HandoffKind::copied) == "copied");
  CHECK(to_string(static_cast<HandoffKind>(9)) == "unknown");
}

}  // namespace
