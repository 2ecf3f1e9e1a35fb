#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <optional>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/collapse.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/rebuild_pointers.hpp"
#include "imgbuf/rewire.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/strips.hpp"
#include "support/image_info.hpp"

namespace {

/// How many allocations of this thread succeed before one fails; negative: all do.
thread_local long allocations_until_failure = -1;

}  // namespace

// The program's own operator new, so that a test can make any allocation the one that fails. Not inlined: the compiler
// would see std::free() given what operator new returned, and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (allocations_until_failure >= 0 && allocations_until_failure-- == 0) throw std::bad_alloc();
  if (void* const p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return std::malloc(bytes == 0 ? 1 : bytes);
}
// The default one calls operator new, but a sanitizer's does not.
[[gnu::noinline]] void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete[](void* p) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

namespace {

using namespace imgbuf;
using imgbuf::test::gray_info;

/// Lets each allocation that `f` makes fail in turn, and counts the errors. Whatever else `f` throws passes through.
template <class F>
int errors_without_memory(F f) {
  for (int n = 0;; ++n) {
    std::optional<ErrorCode> code;
    allocations_until_failure = n;
    try {
      f();
    } catch (const Error& error) {
      allocations_until_failure = -1;
      code = error.code();
    } catch (...) {
      allocations_until_failure = -1;
      throw;
    }
    const bool is_done = allocations_until_failure >= 0;
    allocations_until_failure = -1;
    if (is_done) return n;
    REQUIRE(code);
    REQUIRE(to_string(*code) == "out_of_memory");
  }
}

TEST_CASE("no allocation that fails escapes as anything but out_of_memory") {
  release_pooled_memory();
  CHECK(errors_without_memory([] { (void)allocate_segment(100); }) >= 1);
  CHECK(errors_without_memory([] { (void)allocate_segment(std::size_t{5} << 20); }) >= 1);
  CHECK(errors_without_memory([] { (void)allocate_shared_segment(100); }) >= 3);
  CHECK(errors_without_memory([] {
          std::byte memory[4]{};
          allocations_until_failure += allocations_until_failure >= 0;  // the list is the test's own allocation
          (void)Storage({{memory, 2}, {memory + 2, 2}});
        }) >= 3);
  for (const char* text : {"contiguous", "rows", "strips:4", "planes", "strips:4:shared"}) {
    const Arrangement arrangement = Arrangement::parse(text);
    CAPTURE(text);
    CHECK(errors_without_memory([&] { (void)allocate_arranged(20, 5, 3, ElementType::u8, arrangement); }) >= 4);
  }
  release_pooled_memory();
}

TEST_CASE("no allocation that fails while an image is made escapes as anything but out_of_memory") {
  alignas(8) std::array<std::byte, 64> pixels{};
  std::array<std::byte*, 4> rows{pixels.data(), pixels.data() + 20, pixels.data() + 16, pixels.data() + 48};
  auto* const table = reinterpret_cast<std::byte*>(rows.data());
  const Storage storage({{pixels.data(), pixels.size()}, {table, sizeof rows}});
  const Layout layout({{4, 8, 0}, {16, 1, 1}, {1, 1, 1}}, {0});
  CHECK(errors_without_memory([&] { (void)Image::from_rows(rows, gray_info(4, 16), nullptr); }) >= 5);
  CHECK(errors_without_memory([&] { (void)Image::over(storage, table, layout, gray_info(4, 16)); }) >= 5);
  for (const char* text : {"contiguous", "strips:2"}) {
    const Arrangement arrangement = Arrangement::parse(text);
    CHECK(errors_without_memory([&] { (void)Image::allocate(gray_info(4, 16), arrangement); }) >= 5);
    const Image image = Image::allocate(gray_info(4, 16), arrangement);
    CHECK(errors_without_memory([&] { (void)image.with_info(gray_info(4, 16)); }) >= 1);
    const AnyConstView flipped = image.const_view().flip(0);
    CHECK(errors_without_memory([&] { (void)image.with_view(flipped, gray_info(4, 16)); }) >= 1);
    errors_without_memory([&] { (void)strips(image); });
    errors_without_memory([&] { (void)collapse(image); });
    errors_without_memory([&] { (void)rebuild_pointers(image); });
    errors_without_memory([&] { (void)rewire(image); });
  }
}

TEST_CASE("no allocation that fails while a buffer is described escapes as anything but out_of_memory") {
  const std::array<std::ptrdiff_t, 5> shape{2, 2, 2, 2, 2}, strides{48, 24, 12, 6, 3};
  CHECK(errors_without_memory([&] { (void)import_buffer_shape(shape, strides); }) >= 2);
  CHECK(errors_without_memory([&] { (void)import_buffer(shape, strides, {}, "T{B:r:B:g:B:b:}", 3); }) >= 3);
  const Layout layout = import_buffer_shape(shape, strides);
  CHECK(errors_without_memory([&] { (void)export_buffer_shape(layout); }) >= 3);
}

TEST_CASE("what fails to follow pointers for want of memory ends no program") {
  alignas(8) std::array<std::byte, 64> pixels{};
  std::array<std::byte*, 4> rows{pixels.data(), pixels.data() + 16, pixels.data() + 32, pixels.data() + 48};
  auto* const table = reinterpret_cast<std::byte*>(rows.data());
  const AnyConstView view(table, Layout({{4, 8, 0}, {2, 8, 1}, {2, 4, 1}, {2, 2, 1}, {2, 1, 1}, {1, 0, 1}}, {0}),
                          ElementType::u8);
  for (int n = 0; n < 8; ++n) {
    allocations_until_failure = n;
    try {
      const AnyConstView row = view.index(0, 1);
      allocations_until_failure = -1;
      CHECK(row.origin() == pixels.data() + 16);
    } catch (const std::bad_alloc&) {
      allocations_until_failure = -1;
    }
  }

  std::byte* first = pixels.data();
  std::byte* second = reinterpret_cast<std::byte*>(&first);
  std::byte* third = reinterpret_cast<std::byte*>(&second);
  const auto slot = [](std::byte*& pointer) { return Segment{reinterpret_cast<std::byte*>(&pointer), sizeof pointer}; };
  const Image image = Image::over(Storage({{pixels.data(), 64}, slot(first), slot(second), slot(third)}),
                                  reinterpret_cast<std::byte*>(&third),
                                  Layout({{1, 8, 0}, {1, 8, 1}, {1, 1, 3}}, {0, 0, 0}), gray_info(1, 1));
  CHECK(errors_without_memory([&] { (void)image.const_view(); }) >= 1);
  CHECK(errors_without_memory([&] { (void)image.view(); }) >= 1);
}

TEST_CASE("tables of more rows than memory has are out_of_memory") {
  for (const char* text : {"rows", "strips:1", "planes"}) try {
      (void)allocate_arranged(std::ptrdiff_t{1} << 58, 0, 1, ElementType::u8, Arrangement::parse(text));
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(to_string(error.code()) == "out_of_memory");
    }
}

}  // namespace
