#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "imgbuf/error.hpp"
#include "imgbuf/source.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf {

using test::OrdinaryUser;
using test::TemporaryDirectory;
using test::to_bytes;
using test::to_text;
using test::write_file;

namespace {

std::string rest_of(Source& source) {
  std::vector<std::byte> bytes(1 << 20);
  bytes.resize(source.read(bytes));
  return to_text(bytes);
}

// What opening or reading a path says.
Error failure(const std::string& path) {
  try {
    (void)Source::file(path)->fill();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::invalid_argument, "nothing failed");
}

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    close_writer();
  }
  // Asserts nothing: it runs on threads of its own. What is missing is missed by the reader.
  void write(const std::string& text) const {
    [[maybe_unused]] const ssize_t written = ::write(ends[1], text.data(), text.size());
  }
  void close_writer() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2] = {-1, -1};
};

void pause_briefly() {
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace

TEST_CASE("a file source reads, seeks and knows its size", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "file";
  write_file(path, to_bytes("0123456789"));
  const auto source = Source::file(path);
  CHECK(source->name() == path);
  REQUIRE(source->is_seekable());
  CHECK(source->size() == std::uint64_t{10});
  CHECK(rest_of(*source) == "0123456789");
  source->seek(7);
  CHECK(rest_of(*source) == "789");
  source->seek(100);
  CHECK(rest_of(*source).empty());
  source->seek(0);
  CHECK(source->skip(4));
  CHECK(rest_of(*source) == "456789");
  CHECK_THROWS_AS(source->seek(~std::uint64_t{0}), Error);
}

TEST_CASE("a file that cannot be read is an error with path and reason", "[stream]") {
  const TemporaryDirectory directory;
  const std::string missing = directory / "missing";
  CHECK(failure(missing).code() == ErrorCode::io_failure);
  CHECK(failure(missing).place() == missing);
  CHECK(failure(missing).reason() == "cannot open: No such file or directory");
  CHECK(failure(missing).system_error() == ENOENT);
  CHECK(failure(directory.path().string()).reason() == "cannot read: Is a directory");

  const std::string secret = directory / "secret";
  write_file(secret, to_bytes("x"));
  REQUIRE(::chmod(secret.c_str(), 0) == 0);
  const OrdinaryUser user;
  CHECK(failure(secret).reason() == "cannot open: Permission denied");
}

TEST_CASE("a descriptor source begins at the descriptor's position", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "file";
  write_file(path, to_bytes("headerpixels"));
  const int fd = ::open(path.c_str(), O_RDONLY);
  REQUIRE(::lseek(fd, 6, SEEK_SET) == 6);
  {
    const auto source = Source::descriptor(fd, "file");
    CHECK(source->size() == std::uint64_t{6});
    CHECK(rest_of(*source) == "pixels");
    source->seek(2);
    CHECK(rest_of(*source) == "xels");
  }
  CHECK(::fcntl(fd, F_GETFD) >= 0);
  Source::descriptor(fd, "file", true).reset();
  CHECK(::fcntl(fd, F_GETFD) < 0);
}

TEST_CASE("an owned descriptor is closed even when it makes no source", "[stream]") {
  const TemporaryDirectory directory;
  const int fd = ::open(directory.path().c_str(), O_RDONLY);
  CHECK_THROWS_AS(Source::descriptor(fd, "directory", true), Error);
  CHECK(::fcntl(fd, F_GETFD) < 0);
  CHECK_THROWS_AS(Source::descriptor(-1, "nothing"), Error);
}

TEST_CASE("devices are not seekable, even those that say they are", "[stream]") {
  const auto zero = Source::file("/dev/zero");
  CHECK(!zero->is_seekable());
  CHECK(!zero->size());
  CHECK(zero->skip(100'000));
  CHECK(Source::file("/dev/null")->fill().empty());
}

TEST_CASE("a pipe is read in the pieces in which it arrives", "[stream]") {
  Pipe pipe;
  const auto source = Source::descriptor(pipe.ends[0], "pipe");
  CHECK(!source->is_seekable());
  CHECK(!source->size());
  pipe.write("first");
  CHECK(source->fill().size() == 5);
  std::thread writer([&] {
    for (const char* piece : {"second", "third"}) {
      pause_briefly();
      pipe.write(piece);
    }
    pipe.close_writer();
  });
  CHECK(source->fill(11).size() >= 11);  // the last piece may have come meanwhile
  CHECK(rest_of(*source) == "firstsecondthird");
  writer.join();
}

TEST_CASE("a non-blocking descriptor is waited for", "[stream]") {
  Pipe pipe;
  REQUIRE(::fcntl(pipe.ends[0], F_SETFL, O_NONBLOCK) == 0);
  const auto source = Source::descriptor(pipe.ends[0], "pipe");
  std::thread writer([&] {
    for (const char* piece : {"one", "two"}) {
      pause_briefly();
      pipe.write(piece);
    }
    pipe.close_writer();
  });
  CHECK(rest_of(*source) == "onetwo");
  writer.join();
}

TEST_CASE("signals do not disturb reading", "[stream]") {
  struct sigaction action {};
  struct sigaction previous {};
  action.sa_handler = [](int) {};  // without SA_RESTART: read(2) returns EINTR
  REQUIRE(::sigaction(SIGUSR1, &action, &previous) == 0);
  Pipe pipe;
  const auto source = Source::descriptor(pipe.ends[0], "pipe");
  std::thread signaller([&, reader = ::pthread_self()] {
    for (int i = 0; i < 5; ++i) {
      pause_briefly();
      ::pthread_kill(reader, SIGUSR1);
    }
    pipe.write("done");
    pipe.close_writer();
  });
  CHECK(rest_of(*source) == "done");
  signaller.join();
  ::sigaction(SIGUSR1, &previous, nullptr);
}

}  // namespace imgbuf
