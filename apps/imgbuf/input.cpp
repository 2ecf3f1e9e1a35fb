#include "input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

#include "imgbuf/error.hpp"
#include "messages.hpp"
#include "signals.hpp"

namespace imgbuf::cli {

namespace {

[[noreturn]] void fail(const char* what, const std::string& name) {
  throw Error(ErrorCode::io_failure, std::string(what) + ": " + std::generic_category().message(errno), name);
}

/// Waits for input or for a signal, whichever comes first.
void wait_for_input(int fd, const std::string& name) {
  std::array<pollfd, 2> waiting{pollfd{fd, POLLIN, 0}, pollfd{signal_descriptor(), POLLIN, 0}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0) {
    if (errno != EINTR) fail("cannot read", name);
  }
  if (received_signal() != 0) throw Error(ErrorCode::cancelled, "cancelled", name);
}

std::unique_ptr<Source> waiting_source(std::shared_ptr<const int> fd, const std::string& name) {
  return Source::callbacks(
      [fd = std::move(fd), name](std::span<std::byte> out) {
        for (;;) {
          wait_for_input(*fd, name);
          const ssize_t got = ::read(*fd, out.data(), out.size());
          if (got >= 0) return static_cast<std::size_t>(got);
          if (errno != EINTR && errno != EAGAIN) fail("cannot read", name);
        }
      },
      name);
}

bool may_keep_waiting(const struct stat& status) noexcept {
  return S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode);
}

}  // namespace

std::unique_ptr<Source> open_input(const std::string& name) {
  struct stat status {};
  if (is_standard_stream(name)) {
    if (::fstat(STDIN_FILENO, &status) == 0 && may_keep_waiting(status)) {
      return waiting_source(std::make_shared<const int>(STDIN_FILENO), "standard input");
    }
    return Source::descriptor(STDIN_FILENO, "standard input");
  }
  if (::stat(name.c_str(), &status) == 0 && may_keep_waiting(status)) {
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail("cannot open", name);
    const auto close = [](const int* opened) {
      ::close(*opened);
      delete opened;
    };
    return waiting_source(std::shared_ptr<const int>(new const int(fd), close), name);
  }
  return Source::file(name);
}

}  // namespace imgbuf::cli
