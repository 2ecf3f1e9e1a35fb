#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <optional>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/storage.hpp"

namespace {

/// How many allocations of this thread succeed before one fails; negative: all do.
thread_local long allocations_until_failure = -1;

}  // namespace

// The program's own operator new, so that a test can make any allocation the one that fails.
void* operator new(std::size_t bytes) {
  if (allocations_until_failure >= 0 && allocations_until_failure-- == 0) throw std::bad_alloc();
  if (void* const p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

namespace {

using namespace imgbuf;

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

TEST_CASE("tables of more rows than memory has are out_of_memory") {
  for (const char* text : {"rows", "strips:1", "planes"}) try {
      (void)allocate_arranged(std::ptrdiff_t{1} << 58, 0, 1, ElementType::u8, Arrangement::parse(text));
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(to_string(error.code()) == "out_of_memory");
    }
}

}  // namespace
