#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <random>
#include <utility>

#include "imgbuf/sink.hpp"
#include "stream/descriptor.hpp"
#include "stream/output_target.hpp"

namespace imgbuf {

namespace {

using stream::Descriptor;
using stream::throw_io_error;

std::string random_suffix() {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::uniform_int_distribution<std::size_t> letter(0, letters.size() - 1);
  std::string suffix;
  for (int i = 0; i < 6; ++i) suffix += letters[letter(random)];
  return suffix;
}

// A new file beside the target until `commit` gives it the target's name.
class ReplacingFileSink final : public Sink {
 public:
  ReplacingFileSink(std::string path, std::string target, const std::optional<stream::FileStatus>& old)
      : Sink(std::move(path)), target_(std::move(target)), output_(create(old)) {
    if (old) take_over(*old);
  }

  ~ReplacingFileSink() override {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  void write(std::span<const std::byte> bytes) override { output_.write(bytes, name()); }

  void commit() override {
    output_.finish(name());
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) throw_io_error("cannot replace the file", errno, name());
    temporary_.clear();
  }

 private:
  // The system applies the umask to the mode by itself; asking for the umask would be a race with other threads.
  // A file that replaces another is private until it has that one's mode.
  Descriptor create(const std::optional<stream::FileStatus>& old) {
    const std::size_t slash = target_.rfind('/');
    const std::size_t name_at = slash == std::string::npos ? 0 : slash + 1;
    // Shortened, so that a name of the longest length that file systems allow has a temporary one.
    const std::string prefix = target_.substr(0, name_at) + "." + target_.substr(name_at, 240) + ".";
    for (int tries = 0; tries < 100; ++tries) {
      std::string candidate = prefix + random_suffix();
      Descriptor made = stream::open_descriptor(candidate, O_WRONLY | O_CREAT | O_EXCL, old ? 0600 : 0666);
      if (made.get() >= 0) {
        temporary_ = std::move(candidate);
        return made;
      }
      if (errno != EEXIST) break;
    }
    throw_io_error("cannot create a file in its directory", errno, name());
  }

  void take_over(const stream::FileStatus& old) noexcept {
    const int fd = output_.get();
    // Giving a file away is the administrator's right; its group may still be ours to give.
    const bool same_owner = ::fchown(fd, old.owner, old.group) == 0;
    const bool same_group = same_owner || ::fchown(fd, static_cast<uid_t>(-1), old.group) == 0;
    mode_t mode = old.mode;
    if (!same_owner) mode &= ~static_cast<mode_t>(S_ISUID);
    // The file now belongs to another group, which may do no more than others may.
    if (!same_group) mode &= ~static_cast<mode_t>(S_ISGID | S_IRWXG) | static_cast<mode_t>((mode & S_IRWXO) << 3);
    // Some file systems have no modes; the picture is worth more than its mode.
    [[maybe_unused]] const int kept = ::fchmod(fd, mode);
  }

  std::string target_;
  std::string temporary_;  // empty once it has the target's name
  stream::BufferedDescriptor output_;
};

}  // namespace

std::unique_ptr<Sink> Sink::file(const std::string& path) {
  stream::OutputTarget target = stream::find_output_target(path);
  if (target.in_place.get() >= 0) {
    std::string name = path;
    return descriptor(target.in_place.release(), std::move(name), true);
  }
  return std::make_unique<ReplacingFileSink>(path, std::move(target.path), target.old_file);
}

}  // namespace imgbuf
