#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// Where encoded bytes come from. A reader pulls chunks; it never needs the whole file in memory.
/// One source belongs to one reader; not thread-safe. Reads that fail throw `Error{io_failure}` naming the source.
class IMGBUF_API Source {
 public:
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// A file by path, read with `read(2)` through a buffer; FIFOs and devices work and are not seekable.
  /// @throws Error{io_failure} naming the path and the system's reason; a directory is an error too
  static std::unique_ptr<Source> file(const std::string& path);
  /// A descriptor, from its present position, which is the source's offset 0. The source reads ahead: afterwards the
  /// descriptor's position is undefined. @param close_when_done  whether the source owns it, from the call on
  static std::unique_ptr<Source> descriptor(int fd, std::string name, bool close_when_done = false);
  /// Bytes in memory; nothing is copied. `keeper` may be null for memory that outlives the source.
  static std::unique_ptr<Source> memory(std::span<const std::byte> bytes, std::string name = "memory",
                                        std::shared_ptr<void> keeper = {});
  /// The caller's own stream. `read` fills at most the span's size and returns how many bytes it gave, 0 at the end.
  /// What it throws passes through the reader unchanged. `seek`, when set, moves to an absolute offset.
  static std::unique_ptr<Source> callbacks(std::function<std::size_t(std::span<std::byte>)> read,
                                           std::string name = "stream", std::function<void(std::uint64_t)> seek = {});

  /// What error messages call it: the path, "standard input", ….
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// The bytes that are buffered and not consumed. Empty until `fill` is called.
  [[nodiscard]] std::span<const std::byte> buffered() const noexcept { return {begin_, end_}; }

  /// Makes at least `count` bytes buffered, or all there are when fewer are left, and returns what is buffered.
  /// A span returned earlier is invalid afterwards. @param count  at most `max_fill`
  std::span<const std::byte> fill(std::size_t count = 1);
  static constexpr std::size_t max_fill = 64 * 1024;

  /// Drops bytes from the front of what is buffered. @pre count <= buffered().size()
  void consume(std::size_t count) noexcept { begin_ += count; }

  /// Copies exactly out.size() bytes, or fewer at the end; returns how many.
  std::size_t read(std::span<std::byte> out);

  /// Moves `count` bytes ahead, past the end if there are fewer; returns false in that case.
  bool skip(std::uint64_t count);

  /// The offset of the next byte, counted from where the source began.
  [[nodiscard]] std::uint64_t position() const noexcept { return end_offset_ - buffered().size(); }
  /// Whether `seek` works.
  [[nodiscard]] virtual bool is_seekable() const noexcept { return false; }
  /// Moves to an absolute offset. @throws Error{unsupported} when not seekable
  void seek(std::uint64_t offset);
  /// Size in bytes when known.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const { return std::nullopt; }

  /// Lets `contents` map a regular file. Pixels that lie in it as they are then need not be read: a part of a huge file
  /// costs the part's pages alone. What others write into the file meanwhile shows in the pixels, and touching what a
  /// shortened file no longer has is a SIGBUS, unless the program has a `MappedGuard`. Without effect on sources that
  /// are no regular file.
  void allow_map() noexcept { may_map_ = true; }
  /// All bytes from offset 0 on, when they are in memory: those of `memory`, and those of a regular file that may be
  /// mapped. Empty for all others, and when the system has no map. Neither moves nor depends on where the source
  /// stands. Valid as long as the source. @throws Error{out_of_memory}
  [[nodiscard]] virtual std::span<const std::byte> contents() { return {}; }
  /// Whoever looked at mapped `contents` asks this afterwards.
  /// @throws Error{truncated_data} when the file has become shorter since it was mapped; Error{io_failure} when a page
  ///         of it could not be read: what was seen is then not what the file had
  virtual void require_intact() const {}
  /// Says that of mapped `contents` a page is seldom followed by the next: no more is then read than is touched.
  virtual void expect_scattered() noexcept {}
  /// Says that what was touched of mapped `contents` is not needed soon: its pages leave the process' memory.
  virtual void let_go() noexcept {}

 protected:
  explicit Source(std::string name) : name_(std::move(name)) {}

  /// Gives up to out.size() further bytes, 0 at the end.
  virtual std::size_t pull(std::span<std::byte> out) = 0;
  virtual void reposition(std::uint64_t offset);

  /// For sources whose bytes are all in memory: makes them the buffer, so that nothing is copied.
  void set_buffer(std::span<const std::byte> bytes) noexcept {
    begin_ = bytes.data();
    end_ = begin_ + bytes.size();
    end_offset_ += bytes.size();
    at_end_ = true;
  }

  [[nodiscard]] bool may_map() const noexcept { return may_map_; }

 private:
  std::string name_;
  std::unique_ptr<std::byte[]> buffer_;
  const std::byte* begin_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t end_offset_ = 0;  ///< of the end of what is buffered
  bool at_end_ = false;
  bool may_map_ = false;
};

}  // namespace imgbuf
