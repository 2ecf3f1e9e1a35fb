#include "stream/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "imgbuf/error.hpp"

namespace imgbuf::stream {

namespace {

// Some systems refuse larger single transfers; none is faster with them.
constexpr std::size_t max_transfer_bytes = std::size_t{1} << 30;

bool would_block(int error) noexcept {
#if EAGAIN != EWOULDBLOCK
  if (error == EWOULDBLOCK) return true;
#endif
  return error == EAGAIN;
}

void wait_until_ready(int fd, short events) noexcept {
  pollfd waiting{fd, events, 0};
  ::poll(&waiting, 1, -1);
}

}  // namespace

void throw_io_error(std::string_view what, int error, std::string_view place) {
  throw Error(ErrorCode::io_failure, std::string(what).append(": ").append(std::generic_category().message(error)),
              place, error);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
    owned_ = other.owned_;
  }
  return *this;
}

int Descriptor::close() noexcept {
  const int fd = std::exchange(fd_, -1);
  if (fd < 0 || !owned_ || ::close(fd) == 0) return 0;
  // An interrupted close has released the descriptor all the same; a second try could close somebody else's.
  return errno == EINTR ? 0 : errno;
}

Descriptor open_descriptor(const std::string& path, int flags, unsigned mode) noexcept {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
  } while (fd < 0 && errno == EINTR);
  return {fd, true};
}

std::size_t read_some(int fd, std::span<std::byte> out, std::string_view name) {
  for (;;) {
    const ssize_t got = ::read(fd, out.data(), std::min(out.size(), max_transfer_bytes));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (would_block(errno)) {
      wait_until_ready(fd, POLLIN);
    } else if (errno != EINTR) {
      throw_io_error("cannot read", errno, name);
    }
  }
}

void write_all(int fd, std::span<const std::byte> bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), std::min(bytes.size(), max_transfer_bytes));
    if (written > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (written == 0) {
      throw_io_error("cannot write", EIO, name);
    } else if (would_block(errno)) {
      wait_until_ready(fd, POLLOUT);
    } else if (errno != EINTR) {
      throw_io_error("cannot write", errno, name);
    }
  }
}

void BufferedDescriptor::write(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.size() > capacity - gathered_bytes_) flush(name);
  if (bytes.size() >= capacity) return write_all(get(), bytes, name);
  if (bytes.empty()) return;
  if (!gathered_) gathered_ = std::make_unique_for_overwrite<std::byte[]>(capacity);
  std::memcpy(gathered_.get() + gathered_bytes_, bytes.data(), bytes.size());
  gathered_bytes_ += bytes.size();
}

void BufferedDescriptor::finish(std::string_view name) {
  flush(name);
  if (const int error = descriptor_.close(); error != 0) throw_io_error("cannot write", error, name);
}

void BufferedDescriptor::flush(std::string_view name) {
  if (gathered_bytes_ == 0) return;
  write_all(get(), {gathered_.get(), gathered_bytes_}, name);
  gathered_bytes_ = 0;
}

}  // namespace imgbuf::stream
