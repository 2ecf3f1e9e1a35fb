#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "imgbuf/error.hpp"
#include "imgbuf/sink.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf {

namespace fs = std::filesystem;
using test::OrdinaryUser;
using test::read_file;
using test::TemporaryDirectory;
using test::to_bytes;
using test::to_text;
using test::write_file;
using Names = std::vector<std::string>;

namespace {

std::string text_of(const std::string& path) {
  return to_text(read_file(path));
}

void replace(const std::string& path, const std::string& text) {
  const auto sink = Sink::file(path);
  sink->write(to_bytes(text));
  sink->commit();
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

Error failure(const std::string& path) {
  try {
    (void)Sink::file(path);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::io_failure);
    CHECK(error.place() == path);
    return error;
  }
  return Error(ErrorCode::invalid_argument, "nothing failed");
}

}  // namespace

TEST_CASE("a file appears whole on commit and not before", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "out.png";
  const auto sink = Sink::file(path);
  CHECK(sink->name() == path);
  sink->write(to_bytes("new"));
  REQUIRE(directory.names().size() == 1);
  CHECK(directory.names()[0].starts_with(".out.png."));
  sink->commit();
  CHECK(directory.names() == Names{"out.png"});
  CHECK(text_of(path) == "new");
}

TEST_CASE("an old file stays as it was until commit and without one", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "out";
  write_file(path, to_bytes("old"));
  {
    const auto sink = Sink::file(path);
    sink->write(std::vector<std::byte>(200'000));
    CHECK(text_of(path) == "old");
  }
  CHECK(text_of(path) == "old");
  CHECK(directory.names() == Names{"out"});
  replace(path, "new");
  CHECK(text_of(path) == "new");
  CHECK(directory.names() == Names{"out"});
}

TEST_CASE("a relative path without a directory works", "[stream]") {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  replace("plain", "x");
  fs::current_path(before);
  CHECK(directory.names() == Names{"plain"});
}

TEST_CASE("a new file has the umask's mode, a replaced one keeps its own", "[stream]") {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(027);
  replace(directory / "new", "x");
  ::umask(before);
  CHECK(mode_of(directory / "new") == 0640);

  for (const mode_t mode : {0600U, 0644U, 0666U, 0755U}) {
    const std::string path = directory / "old";
    write_file(path, to_bytes("old"));
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    replace(path, "new");
    CHECK(mode_of(path) == mode);
  }
}

TEST_CASE("a private file is never readable by others, not even while it is written", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "private";
  write_file(path, to_bytes("old"));
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const auto sink = Sink::file(path);
  for (const std::string& entry : directory.names()) CHECK(mode_of(directory / entry) == 0600);
}

TEST_CASE("the administrator's replacement keeps the owner", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "theirs";
  write_file(path, to_bytes("old"));
  const uid_t owner = ::geteuid() == 0 ? 1234 : ::geteuid();
  if (owner == 1234) REQUIRE(::chown(path.c_str(), 1234, 5678) == 0);
  REQUIRE(::chmod(path.c_str(), 0754) == 0);
  replace(path, "new");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK(status.st_uid == owner);
  CHECK(mode_of(path) == 0754);
}

TEST_CASE("symbolic links are followed, also to a file that is not there yet", "[stream]") {
  const TemporaryDirectory directory;
  fs::create_directory(directory.path() / "sub");
  write_file(directory / "sub/target", to_bytes("old"));
  fs::create_symlink("sub/target", directory / "link");
  fs::create_symlink("link", directory / "link_to_link");
  fs::create_symlink(directory.path() / "sub", directory / "sub_link");
  fs::create_symlink("sub_link/fresh", directory / "dangling");
  fs::create_symlink("loop", directory / "loop");

  replace(directory / "link_to_link", "new");
  CHECK(fs::is_symlink(directory / "link_to_link"));
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(text_of(directory / "sub/target") == "new");

  replace(directory / "dangling", "fresh");
  CHECK(fs::is_symlink(directory / "dangling"));
  CHECK(text_of(directory / "sub/fresh") == "fresh");

  CHECK(failure(directory / "loop").reason() == "cannot write: Too many levels of symbolic links");
}

TEST_CASE("the longest names that a file system allows work", "[stream]") {
  const TemporaryDirectory directory;
  const std::string name(255, 'n');
  replace(directory / name, "x");
  CHECK(directory.names() == Names{name});
}

TEST_CASE("what cannot be written is an error with path and reason", "[stream]") {
  const TemporaryDirectory directory;
  CHECK(failure(directory.path().string()).reason() == "cannot write: Is a directory");
  CHECK(failure(directory / "missing/out").reason() ==
        "cannot create a file in its directory: No such file or directory");
  CHECK(failure("").reason() == "cannot write: No such file or directory");
  write_file(directory / "file", to_bytes("x"));
  CHECK(failure(directory / "file/out").reason() == "cannot write: Not a directory");
  CHECK(failure(directory / "file/").reason() == "cannot write: Not a directory");

  const OrdinaryUser user;
  const std::string kept = directory / "kept";
  write_file(kept, to_bytes("old"));
  REQUIRE(::chmod(kept.c_str(), 0444) == 0);
  CHECK(failure(kept).reason() == "cannot write: Permission denied");
  CHECK(text_of(kept) == "old");
  CHECK(directory.names() == Names{"file", "kept"});

  fs::create_directory(directory.path() / "closed");
  fs::permissions(directory.path() / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(failure(directory / "closed/out").reason() == "cannot create a file in its directory: Permission denied");
}

TEST_CASE("a target that becomes a directory keeps the commit from leaving anything", "[stream]") {
  const TemporaryDirectory directory;
  {
    const auto sink = Sink::file(directory / "out");
    sink->write(to_bytes("x"));
    fs::create_directory(directory.path() / "out");
    CHECK_THROWS_AS(sink->commit(), Error);
  }
  CHECK(directory.names() == Names{"out"});
}

TEST_CASE("a FIFO is written in place", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "fifo";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::string got;
  std::thread reader([&] { got = text_of(path); });
  replace(path, "through");
  reader.join();
  CHECK(got == "through");
  CHECK(fs::is_fifo(path));
  CHECK(directory.names() == Names{"fifo"});
}

TEST_CASE("devices are written in place", "[stream]") {
  replace("/dev/null", "x");
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("names of descriptors mean the descriptors", "[stream]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "file";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(::write(fd, "head ", 5) == 5);
  const std::string number = std::to_string(fd);
  replace("/dev/fd/" + number, "first ");
  replace("/proc/self/fd/" + number, "second ");
  fs::create_symlink("/dev/fd/" + number, directory / "link");
  replace(directory / "link", "third");
  CHECK(text_of(path) == "head first second third");
  CHECK(::fcntl(fd, F_GETFD) >= 0);
  ::close(fd);
  CHECK(failure("/dev/fd/" + number).reason() == "cannot write: Bad file descriptor");
}

}  // namespace imgbuf
