#include "memory/mapped_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "support/require_error.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {
namespace {

TEST_CASE("mapped file: its bytes, which stay when its name goes") {
  const TemporaryDirectory folder;
  const std::string path = folder / "file";
  const auto bytes = to_bytes("some bytes");
  write_file(path, bytes);
  const Segment segment = memory::map_file(path);
  std::filesystem::remove(path);
  CHECK(segment.access == Access::read_only);
  REQUIRE(segment.bytes == bytes.size());
  CHECK(std::equal(bytes.begin(), bytes.end(), segment.data));
  CHECK(segment.keeper.use_count() == 1);
}

TEST_CASE("mapped file: what can be read but not mapped is told apart from what cannot be opened") {
  const TemporaryDirectory folder;
  const std::string empty = folder / "empty";
  write_file(empty, {});
  require_error(ErrorCode::unsupported, empty + ": it is empty", [&] { (void)memory::map_file(empty); });
  const std::string fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  require_error(ErrorCode::unsupported, fifo + ": it is no regular file", [&] { (void)memory::map_file(fifo); });
  const std::string directory = folder.path();
  require_error(ErrorCode::unsupported, directory + ": it is no regular file",
                [&] { (void)memory::map_file(directory); });
  const std::string missing = folder / "missing";
  require_error(ErrorCode::io_failure, missing + ": cannot open: No such file or directory",
                [&] { (void)memory::map_file(missing); });
  int system_error = 0;
  try {
    (void)memory::map_file(missing);
  } catch (const Error& error) {
    system_error = error.system_error();
  }
  CHECK(system_error == ENOENT);
  const std::string secret = folder / "secret";
  write_file(secret, to_bytes("x"));
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  const OrdinaryUser user;
  require_error(ErrorCode::io_failure, secret + ": cannot open: Permission denied",
                [&] { (void)memory::map_file(secret); });
}

}  // namespace
}  // namespace imgbuf::test
