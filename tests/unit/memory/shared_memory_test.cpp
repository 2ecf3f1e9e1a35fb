#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "imgbuf/arrangement.hpp"
#include "imgbuf/storage.hpp"
#include "memory/mapped_pieces.hpp"
#include "memory/physical.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

std::vector<memory::PhysicalRange> physical(const std::byte* begin, std::size_t bytes) {
  std::vector<memory::PhysicalRange> ranges;
  memory::visit_physical(begin, bytes, [&](const memory::PhysicalRange& range) { ranges.push_back(range); });
  return ranges;
}

TEST_CASE("shared segments are zeros, aligned to the page and to what is asked") {
  for (const std::size_t alignment : {std::size_t{1}, std::size_t{64}, std::size_t{1} << 20})
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{100001}}) {
      const Segment segment = allocate_shared_segment(bytes, alignment);
      CAPTURE(alignment, bytes);
      CHECK(segment.bytes == bytes);
      CHECK(segment.access == Access::read_write);
      CHECK(reinterpret_cast<std::uintptr_t>(segment.data) % std::max(alignment, memory::page_bytes()) == 0);
      CHECK(std::count(segment.data, segment.data + bytes, std::byte{0}) == static_cast<std::ptrdiff_t>(bytes));
      if (bytes != 0) std::memset(segment.data, 1, bytes);
    }
}

TEST_CASE("shared segments give their descriptors back") {
  const std::ptrdiff_t before = open_descriptors();
  {
    const Segment a = allocate_shared_segment(5000), b = allocate_shared_segment(1);
    CHECK(open_descriptors() == before + 2);
    const auto place = memory::find_shared(a.data + 4096, 100);
    REQUIRE(place);
    CHECK(place->offset_bytes == 4096);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("shared memory that cannot be had is an error") {
  require_error(ErrorCode::invalid_argument, "an alignment of 3 is no power of two",
                [] { (void)allocate_shared_segment(1, 3); });
  require_error(ErrorCode::out_of_memory, "the system gives no 18446744073709551615 bytes of shared memory",
                [] { (void)allocate_shared_segment(SIZE_MAX); });
  const std::ptrdiff_t before = open_descriptors();
  CHECK_THROWS_AS(allocate_shared_segment(std::size_t{1} << 62), Error);
  CHECK(open_descriptors() == before);
}

TEST_CASE("shared memory is one piece at two addresses, private memory is where it is") {
  const Segment segment = allocate_shared_segment(3 * memory::page_bytes());
  const auto place = memory::find_shared(segment.data, segment.bytes);
  REQUIRE(place);
  CHECK_FALSE(memory::find_shared(segment.data, segment.bytes + 1));

  const std::size_t page = memory::page_bytes();
  const memory::Mapping second(place->file->map(page, page, Access::read_write), page);
  REQUIRE(second);
  segment.data[page + 7] = std::byte{42};
  CHECK(second.data()[7] == std::byte{42});
  {
    const memory::RegisteredPieces registered({{second.data(), page, {place->file, page}}});
    const auto first_ranges = physical(segment.data + page + 7, 5);
    const auto second_ranges = physical(second.data() + 7, 5);
    REQUIRE(first_ranges.size() == 1);
    REQUIRE(second_ranges.size() == 1);
    CHECK(first_ranges[0].backing == place->file->id());
    CHECK(first_ranges[0].backing == second_ranges[0].backing);
    CHECK(first_ranges[0].offset_bytes == page + 7);
    CHECK(first_ranges[0].offset_bytes == second_ranges[0].offset_bytes);
  }
  CHECK(physical(second.data() + 7, 5)[0].backing == 0);

  std::byte on_stack{};
  const auto ranges = physical(&on_stack, 1);
  REQUIRE(ranges.size() == 1);
  CHECK(ranges[0].backing == 0);
  CHECK(ranges[0].offset_bytes == reinterpret_cast<std::uintptr_t>(&on_stack));
}

TEST_CASE("a range over registered and other memory comes in pieces that add up") {
  const std::size_t page = memory::page_bytes();
  const Segment segment = allocate_shared_segment(6 * page);
  const auto place = memory::find_shared(segment.data, segment.bytes);
  REQUIRE(place);
  // What is mapped here is of no interest to the list: only what was registered.
  std::vector<std::byte> memory(10 * page);
  std::byte* const base = memory.data();
  const memory::RegisteredPieces registered({{base + page, page, {place->file, 4 * page}},
                                             {base + 2 * page, page, {place->file, 0}},
                                             {base + 5 * page, page, {place->file, page}}});
  const auto ranges = physical(base + 10, 7 * page);
  REQUIRE(ranges.size() == 6);
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(base);
  const std::uint64_t id = place->file->id();
  const memory::PhysicalRange expected[] = {
      {0, address + 10, page - 10},      {id, 4 * page, page}, {id, 0, page},
      {0, address + 3 * page, 2 * page}, {id, page, page},     {0, address + 6 * page, page + 10}};
  for (std::size_t i = 0; i < 6; ++i) {
    CAPTURE(i);
    CHECK(ranges[i].backing == expected[i].backing);
    CHECK(ranges[i].offset_bytes == expected[i].offset_bytes);
    CHECK(ranges[i].bytes == expected[i].bytes);
  }
  CHECK_FALSE(memory::find_shared(base + page, page + 1));  // two pieces
  CHECK_FALSE(memory::find_shared(base + page - 1, 1));
}

TEST_CASE("aliases are counted") {
  CHECK_FALSE(memory::has_aliases());
  {
    const memory::CountedAlias one, two;
    CHECK(memory::has_aliases());
  }
  CHECK_FALSE(memory::has_aliases());
}

TEST_CASE("threads may make, find and drop shared segments") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int n = 0; n < 50; ++n) {
        const Segment segment = allocate_shared_segment(8192);
        segment.data[n] = std::byte{1};
        std::size_t bytes = 0;
        memory::visit_physical(segment.data, 8192, [&](const memory::PhysicalRange& range) { bytes += range.bytes; });
        if (bytes != 8192) std::abort();
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST_CASE("an arrangement in shared memory has its strips in one file, whole pages apart where its rows allow") {
  Arrangement arrangement = Arrangement::strips(64).in_shared_memory();
  arrangement.row_alignment = 64;
  const ArrangedMemory made = allocate_arranged(200, 1000, 3, ElementType::u8, arrangement);
  const auto segments = made.storage.segments();
  REQUIRE(segments.size() == 5);
  for (std::size_t s = 0; s < 4; ++s) {
    const auto place = memory::find_shared(segments[s].data, segments[s].bytes);
    REQUIRE(place);
    CHECK(place->offset_bytes == s * 64 * 3008);
    CHECK(place->file == memory::find_shared(segments[0].data, 1)->file);
  }
  CHECK_FALSE(memory::find_shared(segments[4].data, 1));  // the table is private
}

}  // namespace
