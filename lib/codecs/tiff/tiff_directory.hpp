#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "codecs/stored/file_bytes.hpp"
#include "codecs/tiff/tiff_tags.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf::codecs::tiff {

/// One field of a directory.
struct Field {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint64_t count = 0;   ///< of values
  std::uint64_t offset = 0;  ///< of the first value in the file; the field itself holds it when there is room

  /// Bytes of all values; the largest number when they do not fit.
  [[nodiscard]] std::uint64_t bytes() const noexcept;
};

/// How a file is written, and where its first directory is.
struct FileKind {
  ByteOrder order = ByteOrder::little;
  bool is_big = false;  ///< BigTIFF: 64-bit offsets and counts
  std::uint64_t first_directory = 0;
};

/// @throws Error{corrupt_data, truncated_data}
/// @see TIFF 6.0 section 2; https://www.awaresystems.be/imaging/tiff/bigtiff.html
[[nodiscard]] FileKind read_file_kind(FileBytes& file);

/// An image file directory: its fields, whose values are read when they are asked for. Of fields with one tag the first
/// counts, and one of an unknown type is as if it were not there. Values are read with `file`, which outlives this.
class Directory {
 public:
  /// @throws Error{corrupt_data, truncated_data, io_failure}
  Directory(FileBytes& file, const FileKind& kind, std::uint64_t offset);

  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }
  /// Null when there is none.
  [[nodiscard]] const Field* find(Tag tag) const noexcept;
  /// Where the directory after this one is; 0 when this is the last.
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }

  [[nodiscard]] ByteOrder byte_order() const noexcept { return kind_.order; }
  /// Another directory of the file. @throws as the constructor
  [[nodiscard]] Directory directory_at(std::uint64_t offset) const { return {file_, kind_, offset}; }

  /// The first value of a field of unsigned integers; nothing when there is no such field.
  /// @throws Error{corrupt_data} when it is no integer or has no value; Error{truncated_data, io_failure}
  [[nodiscard]] std::optional<std::uint64_t> number(Tag tag) const;
  [[nodiscard]] std::uint64_t number_or(Tag tag, std::uint64_t otherwise) const {
    return number(tag).value_or(otherwise);
  }
  /// The first `wanted` values, or all when there are fewer; empty when there is no such field. Memory grows with what
  /// the file really has. @throws as `number`
  [[nodiscard]] std::vector<std::uint64_t> numbers(Tag tag, std::uint64_t wanted) const;
  /// All bytes of a field's values. @throws Error{truncated_data, io_failure}
  [[nodiscard]] std::vector<std::byte> value_bytes(const Field& field) const;

 private:
  FileBytes& file_;
  FileKind kind_;
  std::vector<Field> fields_;
  std::uint64_t next_ = 0;
};

/// Directories after one, until the chain ends, closes to a circle or cannot be read; at most `most` are counted.
[[nodiscard]] std::size_t count_further(FileBytes& file, const FileKind& kind, const Directory& first,
                                        std::size_t most);

}  // namespace imgbuf::codecs::tiff
