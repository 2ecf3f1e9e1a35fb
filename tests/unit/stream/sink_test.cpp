#include "imgbuf/sink.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "imgbuf/error.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf {

using test::to_bytes;
using test::to_text;

namespace {

void write_text(Sink& sink, const std::string& text) {
  sink.write(to_bytes(text));
}

std::string read_all(int fd) {
  std::string text;
  char part[4096];
  for (ssize_t got = 0; (got = ::read(fd, part, sizeof part)) > 0;) text.append(part, static_cast<std::size_t>(got));
  return text;
}

std::string numbered_text(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + " ";
  return text;
}

}  // namespace

TEST_CASE("a memory sink appends", "[stream]") {
  auto out = to_bytes("<");
  const auto sink = Sink::memory(out, "mine");
  CHECK(sink->name() == "mine");
  write_text(*sink, "abc");
  sink->write({});
  write_text(*sink, "def");
  sink->commit();
  CHECK(to_text(out) == "<abcdef");
}

TEST_CASE("a callback sink passes on bytes and exceptions", "[stream]") {
  std::string got;
  const auto sink = Sink::callbacks([&](std::span<const std::byte> bytes) {
    if (bytes.size() == 1) throw std::domain_error("x");
    got += to_text({bytes.begin(), bytes.end()});
  });
  write_text(*sink, "abc");
  CHECK_THROWS_AS(write_text(*sink, "d"), std::domain_error);
  write_text(*sink, "ef");
  sink->commit();
  CHECK(got == "abcef");
  CHECK_THROWS_AS(Sink::callbacks({}), Error);
}

TEST_CASE("a descriptor sink writes small and large pieces in order", "[stream]") {
  const std::string large = numbered_text(300'000);
  const std::string full = numbered_text(64 * 1024).substr(0, 64 * 1024);
  for (const bool owned : {false, true}) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::string got;
    std::thread reader([&] { got = read_all(ends[0]); });
    {
      const auto sink = Sink::descriptor(ends[1], "pipe", owned);
      std::string expected;
      for (const std::string& piece :
           {std::string("small"), large, std::string("x"), full, full.substr(1), std::string("yz"), full}) {
        write_text(*sink, piece);
        expected += piece;
      }
      sink->commit();
      CHECK((::fcntl(ends[1], F_GETFD) < 0) == owned);
      if (!owned) ::close(ends[1]);
      reader.join();
      CHECK(got == expected);
    }
    ::close(ends[0]);
  }
}

TEST_CASE("a non-blocking descriptor is waited for when it is full", "[stream]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
  const std::string text = numbered_text(1'000'000);
  std::string got;
  std::thread reader([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    got = read_all(ends[0]);
  });
  const auto sink = Sink::descriptor(ends[1], "pipe", true);
  write_text(*sink, text);
  sink->commit();
  reader.join();
  CHECK(got == text);
  ::close(ends[0]);
}

TEST_CASE("a full device is an error, at the latest on commit", "[stream]") {
  const auto reason = [](auto&& action) {
    try {
      action();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::io_failure);
      CHECK(error.place() == "/dev/full");
      return error.reason();
    }
    return std::string("nothing failed");
  };
  const auto small = Sink::file("/dev/full");
  CHECK(reason([&] {
          write_text(*small, "x");
          small->commit();
        }) == "cannot write: No space left on device");
  const auto large = Sink::file("/dev/full");
  CHECK(reason([&] { write_text(*large, numbered_text(100'000)); }) == "cannot write: No space left on device");
}

TEST_CASE("an owned descriptor is closed without commit", "[stream]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  {
    const auto sink = Sink::descriptor(ends[1], "pipe", true);
    write_text(*sink, "dropped");
  }
  CHECK(::fcntl(ends[1], F_GETFD) < 0);
  CHECK(read_all(ends[0]).empty());
  ::close(ends[0]);
}

}  // namespace imgbuf
