#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace imgbuf::stream {

/// @throws Error{io_failure}: "place: what: the system's reason", always. @param error  an `errno` value
[[noreturn]] void throw_io_error(std::string_view what, int error, std::string_view place);

/// A file descriptor, closed on destruction when it is owned.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(int fd, bool owned) noexcept : fd_(fd), owned_(owned) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)), owned_(other.owned_) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  /// Hands the descriptor to the caller, who closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

  /// Lets go of the descriptor, closing an owned one. Returns 0 or the `errno` with which closing reported that earlier
  /// writes were lost.
  int close() noexcept;

 private:
  int fd_ = -1;
  bool owned_ = false;
};

/// `open(2)` without inheritance by child processes, repeated when a signal interrupts it.
/// @returns an owned descriptor, or one whose `get()` is -1 with `errno` set
[[nodiscard]] Descriptor open_descriptor(const std::string& path, int flags, unsigned mode = 0) noexcept;

/// `read(2)` that waits on non-blocking descriptors and is repeated when a signal interrupts it; 0 at the end.
/// @throws Error{io_failure}
[[nodiscard]] std::size_t read_some(int fd, std::span<std::byte> out, std::string_view name);

/// `write(2)` until everything is written, waiting on non-blocking descriptors. @throws Error{io_failure}
void write_all(int fd, std::span<const std::byte> bytes, std::string_view name);

/// Gathers small writes to a descriptor; large ones pass straight through. What is gathered is dropped on destruction.
class BufferedDescriptor {
 public:
  explicit BufferedDescriptor(Descriptor descriptor) noexcept : descriptor_(std::move(descriptor)) {}

  [[nodiscard]] int get() const noexcept { return descriptor_.get(); }
  /// @throws Error{io_failure} naming `name`
  void write(std::span<const std::byte> bytes, std::string_view name);
  /// Writes what is gathered and lets go of the descriptor. @throws Error{io_failure}, also when only closing tells
  /// of it
  void finish(std::string_view name);

 private:
  static constexpr std::size_t capacity = 64 * 1024;

  void flush(std::string_view name);

  Descriptor descriptor_;
  std::unique_ptr<std::byte[]> gathered_;
  std::size_t gathered_bytes_ = 0;
};

}  // namespace imgbuf::stream
