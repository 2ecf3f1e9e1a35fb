#include "open_check.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "decode_check.hpp"
#include "finding.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/open_image.hpp"
#include "support/guarded_image.hpp"

namespace imgbuf::fuzz {

namespace {

/// Whatever passes them may be read into memory: max_image_bytes, which a map does not count for, is never reached.
constexpr Limits small = [] {
  Limits limits = tight;
  limits.max_pixels = 1 << 12;  // enough for any layout
  return limits;
}();

/// A file without a folder, which can be opened by a path and mapped.
class UnnamedFile {
 public:
  UnnamedFile() : fd_(::memfd_create("imgbuf-fuzz", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(fd_)) {}
  ~UnnamedFile() { ::close(fd_); }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  /// @pre nobody maps what it held before
  void hold(std::span<const std::uint8_t> bytes) const {
    const auto size = static_cast<off_t>(bytes.size());
    const bool is_cut = ::ftruncate(fd_, size) == 0;
    const bool is_written = is_cut && ::pwrite(fd_, bytes.data(), bytes.size(), 0) == size;
    require(is_written, "(no finding) the fuzzer has memory for its file");
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  int fd_;
  std::string path_;
};

/// What came of opening.
struct Outcome {
  std::vector<std::byte> pixels;   ///< C order
  std::optional<ErrorCode> error;  ///< `pixels` then mean nothing
};

Outcome open(const std::string& path, const DecodeOptions& options, bool mapped) {
  Outcome outcome;
  try {
    const OpenedImage opened = open_image(path, {.mapped = mapped, .decode = options});
    outcome.pixels = test::packed(opened.image.const_view());
  } catch (const Error& error) {
    require(error.code() != ErrorCode::invalid_layout, "no view leads out of the file");
    outcome.error = error.code();
  }
  return outcome;
}

void check_whole(const std::string& path) {
  const Outcome mapped = open(path, {.limits = small}, true);
  const Outcome read = open(path, {.limits = small}, false);
  require(mapped.error == read.error, "a map changes no error");
  require(mapped.error || mapped.pixels == read.pixels, "a map changes no pixel");
}

void check_part(const std::string& path, const DecodeOptions& options) {
  const Outcome mapped = open(path, options, true);
  const Outcome read = open(path, options, false);
  if (mapped.error == ErrorCode::truncated_data && !read.error) return;
  // Which error is another matter: both the file and what is wanted of it may be wrong.
  require(mapped.error.has_value() == read.error.has_value(), "a map makes no error of a part");
  require(mapped.error || mapped.pixels == read.pixels, "a map changes no pixel of a part");
}

}  // namespace

void check_open(const Input& input) {
  static const UnnamedFile file;
  file.hold(input.file);
  check_whole(file.path());
  Choices choices(input);
  auto options = choose_options(input, choices);
  if (!options) return;
  options->limits = small;
  check_part(file.path(), *options);
}

}  // namespace imgbuf::fuzz
