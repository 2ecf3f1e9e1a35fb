#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "imgbuf/source.hpp"

namespace imgbuf::codecs {

/// A file's bytes at any offset, for parsers of headers.
class FileBytes {
 public:
  FileBytes() = default;
  virtual ~FileBytes() = default;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  /// The file's first bytes: `count` of them or more, unless it has fewer. Valid until the next call. Only before the
  /// first `read_at`.
  /// @pre count <= Source::max_fill
  [[nodiscard]] virtual std::span<const std::byte> head(std::size_t count) = 0;
  /// The file's size, when it is known.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  /// Whether `read_at` goes to any offset, and not only ahead.
  [[nodiscard]] virtual bool is_seekable() const noexcept = 0;
  /// Copies bytes out of the file. @throws Error{truncated_data} when it ends before; Error{io_failure}
  virtual void read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
};

/// The bytes of a file that is in memory.
class MemoryBytes final : public FileBytes {
 public:
  explicit MemoryBytes(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] std::span<const std::byte> head(std::size_t) override { return bytes_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  [[nodiscard]] bool is_seekable() const noexcept override { return true; }
  void read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  std::span<const std::byte> bytes_;
};

/// The bytes of a source, which outlives this. Nobody else may move it meanwhile.
class SourceBytes final : public FileBytes {
 public:
  /// @param source  at its offset 0; nothing is consumed
  explicit SourceBytes(Source& source) : source_(source), size_(source.size()) {}

  [[nodiscard]] std::span<const std::byte> head(std::size_t count) override { return source_.fill(count); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }
  [[nodiscard]] bool is_seekable() const noexcept override { return source_.is_seekable(); }
  void read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  void go_to(std::uint64_t offset);

  Source& source_;
  std::optional<std::uint64_t> size_;
  std::uint64_t position_ = 0;
};

}  // namespace imgbuf::codecs
