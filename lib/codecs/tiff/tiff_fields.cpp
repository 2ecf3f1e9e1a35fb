#include "codecs/tiff/tiff_fields.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "codecs/stored/number.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

/// Bytes that are swapped together: a rational is two numbers.
std::size_t swapped_bytes(std::uint16_t type) noexcept {
  constexpr std::uint16_t signed_rational = 10;
  return type == type_rational || type == signed_rational ? 4 : type_bytes[type];
}

/// What stands before a text in Unicode.
constexpr std::string_view unicode_code("UNICODE\0", 8);

/// EXIF's texts of a character code that the first eight bytes name. Those in Unicode have the byte order of the EXIF,
/// but for one that a mark says. @see EXIF 2.32 section 4.6.5, UserComment; section 4.6.6, the two of GPS
bool is_text_in_unicode(const FieldValue& field) {
  constexpr std::array<std::uint16_t, 3> tags{37510, 27, 28};
  if (field.type != type_undefined || std::find(tags.begin(), tags.end(), field.tag) == tags.end()) return false;
  const std::string_view text(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
  const std::string_view first = text.substr(std::min(unicode_code.size(), text.size()), 2);
  return text.starts_with(unicode_code) && first != "\xfe\xff" && first != "\xff\xfe";
}

void swap_order(FieldValue& field) {
  const bool is_unicode = is_text_in_unicode(field);
  const std::size_t size = is_unicode ? 2 : swapped_bytes(field.type);
  for (std::size_t at = is_unicode ? unicode_code.size() : 0; at + size <= field.bytes.size(); at += size)
    std::reverse(field.bytes.data() + at, field.bytes.data() + at + size);
}

bool leads_to_directory(const Field& field) noexcept {
  constexpr std::uint16_t sub_directories = 330;
  return field.type == type_ifd || field.type == type_ifd8 || field.tag == exif_directory ||
         field.tag == sub_directories || field.tag == gps_directory || field.tag == interoperability_directory;
}

}  // namespace

FieldValue FieldMaker::numbers(Tag tag, Type type, const std::vector<std::uint64_t>& values) const {
  FieldValue field{.tag = tag, .type = type, .count = values.size(), .bytes = {}};
  for (const std::uint64_t value : values) append_number(field.bytes, value, type_bytes[type], order_);
  return field;
}

FieldValue FieldMaker::rational(Tag tag, std::uint32_t numerator, std::uint32_t denominator) const {
  FieldValue field{.tag = tag, .type = type_rational, .count = 1, .bytes = {}};
  append_number(field.bytes, numerator, 4, order_);
  append_number(field.bytes, denominator, 4, order_);
  return field;
}

FieldValue FieldMaker::blob(Tag tag, Type type, const Blob& blob) {
  return {.tag = tag, .type = type, .count = blob.size(), .bytes = blob};
}

FieldValue FieldMaker::text(Tag tag, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  FieldValue field{.tag = tag, .type = type_ascii, .count = text.size() + 1, .bytes = {bytes.begin(), bytes.end()}};
  field.bytes.push_back(std::byte{0});
  return field;
}

std::vector<std::byte> directory_bytes(std::vector<FieldValue> fields, const FileKind& kind, std::uint64_t offset,
                                       std::uint64_t next) {
  std::sort(fields.begin(), fields.end(), [](const FieldValue& a, const FieldValue& b) { return a.tag < b.tag; });
  const std::size_t number_bytes = kind.is_big ? 8 : 4;
  const std::size_t count_bytes = kind.is_big ? 8 : 2;
  const std::uint64_t values_at = offset + count_bytes + fields.size() * (4 + 2 * number_bytes) + number_bytes;

  std::vector<std::byte> directory;
  std::vector<std::byte> values;
  append_number(directory, fields.size(), count_bytes, kind.order);
  for (const FieldValue& field : fields) {
    append_number(directory, field.tag, 2, kind.order);
    append_number(directory, field.type, 2, kind.order);
    append_number(directory, field.count, number_bytes, kind.order);
    if (field.bytes.size() <= number_bytes) {
      directory.insert(directory.end(), field.bytes.begin(), field.bytes.end());
      directory.resize(directory.size() + number_bytes - field.bytes.size());
      continue;
    }
    append_number(directory, values_at + values.size(), number_bytes, kind.order);
    values.insert(values.end(), field.bytes.begin(), field.bytes.end());
    values.resize((values.size() + 7) / 8 * 8);  // values begin at even bytes
  }
  append_number(directory, next, number_bytes, kind.order);
  directory.insert(directory.end(), values.begin(), values.end());
  return directory;
}

FieldValue copied_field(const Directory& directory, const Field& field, ByteOrder order, std::uint64_t most_bytes) {
  if (field.bytes() > most_bytes)
    throw Error(ErrorCode::limit_exceeded, "tag " + std::to_string(field.tag) + " of " + std::to_string(field.bytes()) +
                                               " bytes passes max_metadata_bytes");
  FieldValue copy{.tag = field.tag, .type = field.type, .count = field.count, .bytes = directory.value_bytes(field)};
  if (order != directory.byte_order()) swap_order(copy);
  return copy;
}

std::vector<FieldValue> copied_fields(const Directory& directory, ByteOrder order, std::uint64_t most_bytes) {
  std::vector<FieldValue> fields;
  for (const Field& field : directory.fields()) {
    if (leads_to_directory(field) || field.type == type_long8) continue;
    fields.push_back(copied_field(directory, field, order, most_bytes));
    most_bytes -= field.bytes();
  }
  return fields;
}

}  // namespace imgbuf::codecs::tiff
