#include "imgbuf/source.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <stdexcept>
#include <vector>

#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

std::vector<std::byte> counting_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 31 + i / 251);
  return bytes;
}

// A stream that gives `most` bytes at a time, so that every request is met in pieces.
std::unique_ptr<Source> in_pieces(const std::vector<std::byte>& bytes, std::size_t most) {
  return Source::callbacks([&bytes, most, at = std::size_t{0}](std::span<std::byte> out) mutable {
    const std::size_t given = std::min({most, out.size(), bytes.size() - at});
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), given, out.begin());
    at += given;
    return given;
  });
}

bool starts_with(std::span<const std::byte> held, const std::vector<std::byte>& all, std::size_t at,
                 std::size_t count) {
  return held.size() >= count && std::equal(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(count),
                                            all.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

TEST_CASE("a source gives all bytes in order, however they arrive and are asked for", "[stream]") {
  const auto bytes = counting_bytes(3 * Source::max_fill + 17);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, Source::max_fill, 2 * Source::max_fill}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, Source::max_fill - 1, Source::max_fill,
                                   2 * Source::max_fill + 5, bytes.size() + 10}) {
      INFO("pieces of " << piece << ", reads of " << step);
      const auto source = in_pieces(bytes, piece);
      std::vector<std::byte> got;
      std::vector<std::byte> part(step);
      for (;;) {
        const std::size_t count = source->read(part);
        got.insert(got.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
        if (count < step) break;
      }
      CHECK(got == bytes);
      CHECK(source->read(part) == 0);
    }
  }
}

TEST_CASE("a source knows its position, however it got there", "[stream]") {
  const auto bytes = counting_bytes(3 * Source::max_fill + 17);
  const auto check = [&](Source& source) {
    CHECK(source.position() == 0);
    source.fill(100);
    CHECK(source.position() == 0);
    source.consume(7);
    CHECK(source.position() == 7);
    std::vector<std::byte> part(11);
    source.read(part);
    CHECK(source.position() == 18);
    std::vector<std::byte> much(2 * Source::max_fill);
    source.read(much);
    CHECK(source.position() == 18 + much.size());
    CHECK(source.skip(5));
    CHECK(source.position() == 23 + much.size());
    CHECK_FALSE(source.skip(bytes.size()));
    CHECK(source.position() == bytes.size());
    if (!source.is_seekable()) return;
    source.seek(1000);
    CHECK(source.position() == 1000);
    source.read(part);
    CHECK(source.position() == 1011);
    CHECK(std::equal(part.begin(), part.end(), bytes.begin() + 1000));
  };
  check(*in_pieces(bytes, 1000));
  check(*Source::memory(bytes));
}

TEST_CASE("fill keeps what is not consumed and reads on behind it", "[stream]") {
  const auto bytes = counting_bytes(2 * Source::max_fill);
  const auto source = in_pieces(bytes, 1000);
  CHECK(source->buffered().empty());
  CHECK(starts_with(source->fill(), bytes, 0, 1));
  CHECK(starts_with(source->fill(Source::max_fill), bytes, 0, Source::max_fill));
  source->consume(Source::max_fill - 3);
  CHECK(source->buffered().size() == 3);
  CHECK(source->fill(2).size() == 3);
  CHECK(starts_with(source->fill(100), bytes, Source::max_fill - 3, 100));
  CHECK(starts_with(source->fill(Source::max_fill), bytes, Source::max_fill - 3, Source::max_fill));
  source->consume(Source::max_fill);
  const auto last = source->fill(100);
  CHECK(last.size() == 3);
  CHECK(starts_with(last, bytes, bytes.size() - 3, 3));
  CHECK_THROWS_AS(source->fill(Source::max_fill + 1), Error);
}

TEST_CASE("fill and read mix", "[stream]") {
  const auto bytes = counting_bytes(3 * Source::max_fill);
  const auto source = in_pieces(bytes, 4096);
  REQUIRE(starts_with(source->fill(8), bytes, 0, 8));
  source->consume(8);
  std::vector<std::byte> rest(bytes.size());
  CHECK(source->read(rest) == bytes.size() - 8);
  CHECK(std::equal(bytes.begin() + 8, bytes.end(), rest.begin()));
}

TEST_CASE("a large read goes around the buffer", "[stream]") {
  const auto bytes = counting_bytes(8 * Source::max_fill);
  std::size_t largest = 0;
  const auto source = Source::callbacks([&](std::span<std::byte> out) {
    largest = std::max(largest, out.size());
    return out.size();
  });
  std::vector<std::byte> out(bytes.size());
  CHECK(source->read(out) == out.size());
  CHECK(largest == out.size());
}

TEST_CASE("skip moves ahead and tells when the end came first", "[stream]") {
  const auto bytes = counting_bytes(2 * Source::max_fill);
  const auto source = in_pieces(bytes, 999);
  CHECK(source->skip(0));
  CHECK(source->skip(Source::max_fill + 5));
  CHECK(starts_with(source->fill(9), bytes, Source::max_fill + 5, 9));
  CHECK(source->skip(Source::max_fill - 5));
  CHECK(source->fill().empty());
  CHECK(!source->skip(1));
}

TEST_CASE("a memory source copies nothing, seeks and keeps its memory", "[stream]") {
  const auto bytes = counting_bytes(3 * Source::max_fill);
  auto keeper = std::make_shared<int>(1);
  auto source = Source::memory(bytes, "pixels", keeper);
  CHECK(keeper.use_count() == 2);
  CHECK(source->name() == "pixels");
  CHECK(source->size() == bytes.size());
  REQUIRE(source->is_seekable());
  CHECK(source->fill(10).data() == bytes.data());
  source->consume(bytes.size() - 2);
  CHECK(source->fill(10).data() == bytes.data() + bytes.size() - 2);
  CHECK(source->buffered().size() == 2);
  source->seek(5);
  CHECK(source->fill().data() == bytes.data() + 5);
  source->seek(bytes.size() + 5);
  CHECK(source->fill().empty());
  source->seek(0);
  std::vector<std::byte> out(bytes.size() + 1);
  CHECK(source->read(out) == bytes.size());
  source.reset();
  CHECK(keeper.use_count() == 1);
}

TEST_CASE("an empty memory source is at its end", "[stream]") {
  const auto source = Source::memory({});
  CHECK(source->fill(3).empty());
  CHECK(!source->skip(1));
  CHECK(source->size() == std::uint64_t{0});
}

TEST_CASE("callbacks can seek, fail, and are not believed", "[stream]") {
  const auto bytes = counting_bytes(100);
  std::size_t at = 0;
  const auto read = [&](std::span<std::byte> out) {
    const std::size_t count = std::min(out.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
    at += count;
    return count;
  };
  const auto seekable = Source::callbacks(read, "mine", [&](std::uint64_t offset) { at = offset; });
  REQUIRE(seekable->is_seekable());
  CHECK(!seekable->size());
  CHECK(seekable->skip(100));
  CHECK(seekable->fill().empty());
  seekable->seek(90);
  CHECK(starts_with(seekable->fill(10), bytes, 90, 10));

  const auto not_seekable = Source::callbacks(read, "mine");
  CHECK(!not_seekable->is_seekable());
  try {
    not_seekable->seek(0);
    FAIL("seek worked");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::unsupported);
    CHECK(error.place() == "mine");
  }

  CHECK_THROWS_AS(Source::callbacks([](std::span<std::byte>) -> std::size_t { throw std::domain_error("x"); })->fill(),
                  std::domain_error);
  CHECK_THROWS_AS(Source::callbacks([](std::span<std::byte> out) { return out.size() + 1; })->fill(), Error);
  CHECK_THROWS_AS(Source::callbacks({}), Error);
}

TEST_CASE("a source that failed goes on where it was", "[stream]") {
  const auto bytes = counting_bytes(10);
  int calls = 0;
  const auto source = Source::callbacks([&](std::span<std::byte> out) -> std::size_t {
    if (++calls == 2) throw std::domain_error("once");
    std::copy_n(bytes.begin() + (calls == 1 ? 0 : 5), 5, out.begin());
    return calls > 3 ? 0 : 5;
  });
  CHECK_THROWS_AS(source->fill(8), std::domain_error);
  CHECK(source->buffered().size() == 5);
  CHECK(starts_with(source->fill(10), bytes, 0, 10));
}

}  // namespace imgbuf
