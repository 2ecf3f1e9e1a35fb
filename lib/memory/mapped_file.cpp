#include "memory/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <system_error>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "memory/mapping.hpp"

namespace imgbuf::memory {

namespace {

[[noreturn]] void refuse(ErrorCode code, const char* what, int error, const std::string& path) {
  throw Error(code, std::string(what) + ": " + std::generic_category().message(error), path, error);
}

void require_regular(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) throw Error(ErrorCode::unsupported, "it is no regular file", path);
}

/// Closed at the end of its scope.
struct OpenFile {
  explicit OpenFile(const std::string& path) {
    do {
      // Without waiting, should it have become a FIFO meanwhile.
      fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) refuse(ErrorCode::io_failure, "cannot open", errno, path);
  }
  ~OpenFile() { ::close(fd); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int fd = -1;
};

}  // namespace

Segment map_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) refuse(ErrorCode::io_failure, "cannot open", errno, path);
  // Looked at before it is opened: who opens a FIFO and goes breaks it for its writer.
  require_regular(status, path);
  const OpenFile file(path);
  if (::fstat(file.fd, &status) != 0) refuse(ErrorCode::io_failure, "cannot read", errno, path);
  require_regular(status, path);
  if (status.st_size == 0) throw Error(ErrorCode::unsupported, "it is empty", path);
  if (static_cast<std::uintmax_t>(status.st_size) > std::numeric_limits<std::ptrdiff_t>::max())
    throw Error(ErrorCode::unsupported, "it is larger than the address space", path);

  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* const data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.fd, 0);
  if (data == MAP_FAILED) refuse(ErrorCode::unsupported, "it cannot be mapped", errno, path);
  Mapping mapping(static_cast<std::byte*>(data), bytes);
  auto keeper = base::or_out_of_memory([&] { return std::make_shared<Mapping>(std::move(mapping)); });
  std::byte* const first = keeper->data();
  return {first, bytes, Access::read_only, std::move(keeper)};
}

void expect_scattered(const Segment& file) noexcept {
  ::madvise(file.data, file.bytes, MADV_RANDOM);
}

}  // namespace imgbuf::memory
