#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/tiff/tiff_directory.hpp"
#include "codecs/tiff/tiff_tags.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf::codecs::tiff {

/// A field with its values, in the byte order of the file that it is for.
struct FieldValue {
  std::uint16_t tag = 0;
  std::uint16_t type = 0;
  std::uint64_t count = 0;
  std::vector<std::byte> bytes;
};

/// Makes fields of one byte order.
class FieldMaker {
 public:
  explicit FieldMaker(ByteOrder order) noexcept : order_(order) {}

  /// @param type  one of unsigned integers
  [[nodiscard]] FieldValue numbers(Tag tag, Type type, const std::vector<std::uint64_t>& values) const;
  [[nodiscard]] FieldValue number(Tag tag, Type type, std::uint64_t value) const { return numbers(tag, type, {value}); }
  [[nodiscard]] FieldValue rational(Tag tag, std::uint32_t numerator, std::uint32_t denominator) const;
  [[nodiscard]] static FieldValue blob(Tag tag, Type type, const Blob& blob);
  /// With a zero at its end.
  [[nodiscard]] static FieldValue text(Tag tag, std::string_view text);

 private:
  ByteOrder order_;
};

/// A directory that begins at `offset` of its file, and behind it the values that it has no room for. Sorts the fields.
/// Its size does not depend on the values. @param next  the directory after it
[[nodiscard]] std::vector<std::byte> directory_bytes(std::vector<FieldValue> fields, const FileKind& kind,
                                                     std::uint64_t offset, std::uint64_t next = 0);

/// A field in another file's byte order. @param most_bytes  of its values. @throws as `copied_fields`
[[nodiscard]] FieldValue copied_field(const Directory& directory, const Field& field, ByteOrder order,
                                      std::uint64_t most_bytes);

/// A directory's fields in another file's byte order, but for those that lead to further directories.
/// @param most_bytes  of all values. @throws Error{limit_exceeded, truncated_data}
[[nodiscard]] std::vector<FieldValue> copied_fields(const Directory& directory, ByteOrder order,
                                                    std::uint64_t most_bytes);

/// What EXIF keeps beside a picture: fields of its root, and the directories that the root leads to.
struct Exif {
  struct Part {
    Tag tag;  ///< of the field that leads there: `exif_directory`, `gps_directory`, `interoperability_directory`
    std::vector<FieldValue> fields;
    std::vector<Part> parts;  ///< to which this one leads
  };
  std::vector<FieldValue> root;  ///< those that say nothing of how pixels are stored
  std::vector<Part> parts;
  std::vector<std::string> left_out;  ///< what else there is, a phrase each: "tags 50341, 50706", "the thumbnail"

  [[nodiscard]] bool empty() const noexcept { return root.empty() && parts.empty(); }
};

/// From a TIFF's own directory, for a file in `order`. @throws as `copied_fields`; Error{corrupt_data}
[[nodiscard]] Exif exif_in(const Directory& directory, ByteOrder order, std::uint64_t most_bytes);
/// From a `Metadata::exif`, for a file in `order`; nothing when it cannot be read.
[[nodiscard]] Exif exif_in(const Blob& exif, ByteOrder order);

/// Whether EXIF's own tag for such a text holds the same.
[[nodiscard]] bool says(const Exif& exif, const TextEntry& entry);

/// A directory that begins at `offset` of its file, with the parts behind it to which it leads. Its size does not depend
/// on values.
[[nodiscard]] std::vector<std::byte> directory_tree(std::vector<FieldValue> root, const std::vector<Exif::Part>& parts,
                                                    const FileKind& kind, std::uint64_t offset);

/// The TIFF structure that `Metadata::exif` holds; empty when there is nothing in it.
[[nodiscard]] Blob exif_blob(const Exif& exif, ByteOrder order);

}  // namespace imgbuf::codecs::tiff
