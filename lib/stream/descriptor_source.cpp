#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <memory>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/source.hpp"
#include "memory/guarded_map.hpp"
#include "stream/descriptor.hpp"

namespace imgbuf {

namespace {

using stream::Descriptor;
using stream::throw_io_error;

class DescriptorSource final : public Source {
 public:
  DescriptorSource(Descriptor descriptor, std::string name)
      : Source(std::move(name)), descriptor_(std::move(descriptor)) {
    struct stat status {};
    if (::fstat(descriptor_.get(), &status) != 0) throw_io_error("cannot read", errno, this->name());
    if (S_ISDIR(status.st_mode)) throw_io_error("cannot read", EISDIR, this->name());
    is_regular_ = S_ISREG(status.st_mode);
    // Not for other devices: some, such as /dev/zero, accept every lseek without moving.
    if (is_regular_ || S_ISBLK(status.st_mode)) start_ = ::lseek(descriptor_.get(), 0, SEEK_CUR);
#if defined(POSIX_FADV_SEQUENTIAL)
    if (is_regular_) ::posix_fadvise(descriptor_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
  }

  [[nodiscard]] bool is_seekable() const noexcept override {
    return start_ >= 0;
  }

  [[nodiscard]] std::optional<std::uint64_t> size() const override {
    struct stat status {};
    if (!is_regular_ || start_ < 0 || ::fstat(descriptor_.get(), &status) != 0) return std::nullopt;
    return status.st_size > start_ ? static_cast<std::uint64_t>(status.st_size - start_) : 0;
  }

  [[nodiscard]] std::span<const std::byte> contents() override {
    if (!map_ && may_map()) {
      const std::uint64_t bytes = size().value_or(0);
      if (bytes == 0 || bytes > std::numeric_limits<std::ptrdiff_t>::max()) return {};
      // From the file's begin: maps start at a page.
      map_ = memory::GuardedMap::of(descriptor_.get(), static_cast<std::size_t>(start_) + bytes);
      if (!map_) return {};
    }
    return map_ ? map_->bytes().subspan(static_cast<std::size_t>(start_)) : std::span<const std::byte>();
  }

  void require_intact() const override {
    if (!map_) return;
    if (size().value_or(0) + static_cast<std::uint64_t>(start_) < map_->bytes().size())
      throw Error(ErrorCode::truncated_data, "the file became shorter while it was read", name());
    if (map_->has_lost_pages())
      throw Error(ErrorCode::io_failure, "cannot read: a page of the mapped file is not there", name());
  }

  void expect_scattered() noexcept override {
    if (map_) map_->expect_scattered();
  }
  void let_go() noexcept override {
    if (map_) map_->let_go();
  }

 protected:
  std::size_t pull(std::span<std::byte> out) override {
    return stream::read_some(descriptor_.get(), out, name());
  }

  void reposition(std::uint64_t offset) override {
    if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max() - start_)) {
      throw_io_error("cannot seek", EOVERFLOW, name());
    }
    if (::lseek(descriptor_.get(), start_ + static_cast<off_t>(offset), SEEK_SET) < 0) {
      throw_io_error("cannot seek", errno, name());
    }
  }

 private:
  Descriptor descriptor_;
  off_t start_ = -1;  // where offset 0 is in the file; negative when it cannot seek
  bool is_regular_ = false;
  std::unique_ptr<memory::GuardedMap> map_;
};

}  // namespace

std::unique_ptr<Source> Source::file(const std::string& path) {
  Descriptor descriptor = stream::open_descriptor(path, O_RDONLY);
  if (descriptor.get() < 0) throw_io_error("cannot open", errno, path);
  return std::make_unique<DescriptorSource>(std::move(descriptor), path);
}

std::unique_ptr<Source> Source::descriptor(int fd, std::string name, bool close_when_done) {
  return std::make_unique<DescriptorSource>(Descriptor(fd, close_when_done), std::move(name));
}

}  // namespace imgbuf
