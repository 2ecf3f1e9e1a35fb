#include "stream/output_target.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

namespace imgbuf::stream {

namespace {

constexpr int max_links = 40;  // as many as Linux follows

// The number in a name of one of the process's own descriptors. Such names are links of a special kind: what they
// seem to lead to may have another name by now, or none, as pipes and sockets do.
std::optional<int> descriptor_number(std::string_view path) {
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    path.remove_prefix(folder.size());
    int number = 0;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
    if (error == std::errc() && end == path.data() + path.size() && number >= 0) return number;
    return std::nullopt;
  }
  return std::nullopt;
}

// Where a symbolic link leads; nothing when the path is none.
std::optional<std::string> link_target(const std::string& path) {
  std::array<char, 4096> text{};
  const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
  if (size <= 0) return std::nullopt;
  const std::string target(text.data(), static_cast<std::size_t>(size));
  const std::size_t slash = path.rfind('/');
  if (target.front() == '/' || slash == std::string::npos) return target;
  return path.substr(0, slash + 1) + target;
}

}  // namespace

OutputTarget find_output_target(const std::string& path) {
  constexpr std::string_view what = "cannot write";
  std::string target = path;
  for (int links = 0;; ++links) {
    if (const auto number = descriptor_number(target)) {
      Descriptor own(::fcntl(*number, F_DUPFD_CLOEXEC, 0), true);
      if (own.get() < 0) throw_io_error(what, errno, path);
      return {std::move(own), {}, {}};
    }
    auto next = link_target(target);
    if (!next) break;
    if (links == max_links) throw_io_error(what, ELOOP, path);
    target = std::move(*next);
  }

  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) {
    if (errno != ENOENT || target.empty()) throw_io_error(what, errno, path);
    return {{}, std::move(target), {}};
  }
  if (S_ISDIR(status.st_mode)) throw_io_error(what, EISDIR, path);
  if (!S_ISREG(status.st_mode)) {
    Descriptor device = open_descriptor(target, O_WRONLY);
    if (device.get() < 0) throw_io_error(what, errno, path);
    return {std::move(device), {}, {}};
  }
  // A rename needs no permission of the file itself, but its owner has said that it is not to be written.
  if (::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0) throw_io_error(what, errno, path);
  const mode_t permissions = status.st_mode & 07777;
  return {{}, std::move(target), FileStatus{permissions, status.st_uid, status.st_gid}};
}

}  // namespace imgbuf::stream
