#include "imgbuf/storage.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "memory/pool.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

TEST_CASE("storage finds the segment that holds a range") {
  std::array<std::byte, 100> memory{};
  std::byte* const base = memory.data();
  const Storage storage({{base + 50, 20}, {base, 30}, {base + 30, 20, Access::read_only}});
  CHECK(storage.find(base, 30) == &storage.segments()[1]);
  CHECK(storage.find(base + 50, 20) == &storage.segments()[0]);
  CHECK(storage.find(base + 69, 1) == &storage.segments()[0]);
  CHECK(storage.find(base + 70, 1) == nullptr);
  CHECK(storage.find(base + 20, 20) == nullptr);  // two segments side by side are not one
  CHECK(storage.total_bytes() == 70);
}

TEST_CASE("storage answers for ranges over neighbouring segments, and read-only wins") {
  std::array<std::byte, 100> memory{};
  std::byte* const base = memory.data();
  const Storage storage({{base, 30}, {base + 30, 20, Access::read_only}, {base + 60, 10}});
  CHECK(storage.access_of(base, 30) == Access::read_write);
  CHECK(storage.access_of(base + 20, 30) == Access::read_only);
  CHECK(storage.holds(base + 20, 30));
  CHECK_FALSE(storage.holds(base + 20, 31));
  CHECK_FALSE(storage.holds(base + 50, 1));
  CHECK(storage.holds(base + 60, 10));
  CHECK_FALSE(storage.access_of(base + 40, 20));
  CHECK_FALSE(storage.access_of(base + 60, 11));
  CHECK_FALSE(storage.access_of(base, SIZE_MAX));
  CHECK_FALSE(Storage().access_of(base, 1));
}

TEST_CASE("overlapping segments are found whichever holds the range") {
  std::array<std::byte, 100> memory{};
  std::byte* const base = memory.data();
  const Storage storage({{base, 100}, {base + 10, 5}, {base + 12, 2}});
  CHECK(storage.find(base + 13, 40) == &storage.segments()[0]);
  CHECK(storage.find(base + 12, 2) != nullptr);
}

TEST_CASE("where segments overlap, read-only wins whatever their order") {
  std::array<std::byte, 128> memory{};
  std::byte* const base = memory.data();
  const Segment whole{base, 128}, inside{base + 50, 10, Access::read_only}, same{base, 128, Access::read_only};
  for (const auto& segments : {std::vector{whole, inside}, std::vector{inside, whole}}) {
    const Storage storage(segments);
    CHECK(storage.access_of(base, 128) == Access::read_only);
    CHECK(storage.access_of(base + 55, 1) == Access::read_only);
    CHECK(storage.access_of(base, 51) == Access::read_only);
    CHECK(storage.access_of(base, 50) == Access::read_write);
    CHECK(storage.access_of(base + 60, 68) == Access::read_write);
    CHECK(storage.access_of(base + 55, 0) == Access::read_write);
  }
  CHECK(Storage({whole, same}).access_of(base, 1) == Access::read_only);
  CHECK(Storage({same, whole}).access_of(base, 1) == Access::read_only);
  const Storage reversed({{base, 128, Access::read_only}, {base + 50, 10}});
  CHECK(reversed.access_of(base + 50, 10) == Access::read_only);
  CHECK(reversed.find(base + 50, 10) == &reversed.segments()[0]);
}

TEST_CASE("any overlapping segments are found as a search of all of them finds them") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::array<std::byte, 64> memory{};
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (int round = 0; round < 60; ++round) {
    std::vector<Segment> segments;
    for (std::size_t n = below(7); n > 0; --n) {
      const std::size_t begin = below(64);
      segments.push_back(
          {memory.data() + begin, below(65 - begin), below(4) == 0 ? Access::read_only : Access::read_write});
    }
    const Storage storage(segments);
    for (std::size_t begin = 0; begin < 64; ++begin)
      for (std::size_t bytes = 1; bytes <= 64 - begin; ++bytes) {
        const std::byte* const address = memory.data() + begin;
        const auto holds = [&](const Segment& s) { return s.data <= address && address + bytes <= s.data + s.bytes; };
        const auto meets_read_only = [&](const Segment& s) {
          return s.access == Access::read_only && s.data < address + bytes && address < s.data + s.bytes &&
                 s.bytes != 0;
        };
        const Segment* const found = storage.find(address, bytes);
        CHECK((found != nullptr) == std::any_of(segments.begin(), segments.end(), holds));
        if (found) CHECK(holds(*found));
        if (!storage.holds(address, bytes)) continue;
        const bool is_read_only = std::any_of(segments.begin(), segments.end(), meets_read_only);
        CHECK(storage.access_of(address, bytes) == (is_read_only ? Access::read_only : Access::read_write));
      }
  }
}

TEST_CASE("a keeper is released once, after the last storage") {
  int released = 0;
  {
    std::shared_ptr<void> keeper(&released, [](void* counter) noexcept { ++*static_cast<int*>(counter); });
    std::array<std::byte, 4> memory{};
    Storage copy;
    {
      const Storage storage(
          {{memory.data(), 2, Access::read_write, keeper}, {memory.data() + 2, 2, Access::read_write, keeper}});
      keeper.reset();
      copy = storage;
    }
    CHECK(released == 0);
  }
  CHECK(released == 1);
}

TEST_CASE("a keeper is released once, by whichever thread drops the last copy") {
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> released{0};
    std::array<std::byte, 4> memory{};
    {
      std::vector<std::thread> threads;
      Storage storage({{memory.data(), 4, Access::read_write, std::shared_ptr<void>(&released, [](void* n) noexcept {
                          ++*static_cast<std::atomic<int>*>(n);
                        })}});
      for (int t = 0; t < 4; ++t)
        threads.emplace_back([copy = storage, &released]() mutable {
          for (int n = 0; n < 20; ++n) {
            const Storage another = copy;
            if (another.segments().size() != 1 || released != 0) std::abort();
          }
          copy = Storage();
        });
      storage = Storage();
      for (auto& thread : threads) thread.join();
    }
    REQUIRE(released == 1);
  }
}

TEST_CASE("new segments are aligned, and large ones come back from the pool") {
  release_pooled_memory();
  for (const std::size_t alignment : {std::size_t{1}, std::size_t{64}, std::size_t{4096}})
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20, std::size_t{9} << 20}) {
      const Segment segment = allocate_segment(bytes, alignment);
      CHECK(segment.bytes == bytes);
      CHECK(reinterpret_cast<std::uintptr_t>(segment.data) % alignment == 0);
      if (bytes != 0) std::memset(segment.data, 1, bytes);
    }
  release_pooled_memory();
  const std::byte* first = nullptr;
  {
    const Segment segment = allocate_segment(std::size_t{9} << 20);
    first = segment.data;
  }
  CHECK(memory::BlockPool::instance().idle_bytes() == std::size_t{10} << 20);
  CHECK(allocate_segment(std::size_t{8} << 20).data == first);
  release_pooled_memory();
  CHECK(memory::BlockPool::instance().idle_bytes() == 0);
}

TEST_CASE("the pool keeps no more than its bound") {
  release_pooled_memory();
  {
    std::vector<Segment> many;
    for (int i = 0; i < 40; ++i) many.push_back(allocate_segment(std::size_t{20} << 20));
  }
  CHECK(memory::BlockPool::instance().idle_bytes() <= std::size_t{256} << 20);
  release_pooled_memory();
}

TEST_CASE("segments may be made and dropped on any thread") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) {
        const Segment segment = allocate_segment(std::size_t{5} << 20);
        segment.data[i] = std::byte{1};
      }
    });
  for (auto& thread : threads) thread.join();
  release_pooled_memory();
}

TEST_CASE("memory that cannot be had is an error") {
  require_error(ErrorCode::out_of_memory, "the system gives no 9223372036854775807 bytes",
                [] { (void)allocate_segment(SIZE_MAX / 2); });
  // Rounded up to their alignment these sizes would be small ones.
  for (const std::size_t alignment : {std::size_t{64}, std::size_t{4} << 20, std::size_t{1} << 63})
    for (const std::size_t bytes : {SIZE_MAX, SIZE_MAX - 100, (std::size_t{1} << 63) + 1, SIZE_MAX / 2 - 62}) {
      require_error(ErrorCode::out_of_memory, "the system gives no " + std::to_string(bytes) + " bytes",
                    [&] { (void)allocate_segment(bytes, alignment); });
      CHECK_THROWS_AS(allocate_shared_segment(bytes, alignment), Error);
    }
  require_error(ErrorCode::invalid_argument, "an alignment of 3 is no power of two",
                [] { (void)allocate_segment(1, 3); });
}

}  // namespace
