#include "codecs/tiff/tiff_directory.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string>

#include "codecs/stored/number.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

/// A classic directory can have no more.
constexpr std::uint64_t most_fields = 65535;
constexpr std::uint64_t values_per_read = 4096;

/// Sizes of the parts of a directory.
struct Sizes {
  std::size_t count, field, value;
};
constexpr Sizes sizes_of(const FileKind& kind) noexcept {
  return kind.is_big ? Sizes{8, 20, 8} : Sizes{2, 12, 4};
}

std::uint64_t read_number(FileBytes& file, std::uint64_t offset, std::size_t bytes, ByteOrder order) {
  std::array<std::byte, 8> buffer{};
  const auto out = std::span(buffer).first(bytes);
  file.read_at(offset, out);
  return number_in(out, order);
}

bool is_unsigned_integer(std::uint16_t type) noexcept {
  return type == type_byte || type == type_short || type == type_long || type == type_ifd || type == type_long8 ||
         type == type_ifd8;
}

}  // namespace

std::uint64_t Field::bytes() const noexcept {
  std::uint64_t total = 0;
  const bool fits = !__builtin_mul_overflow(count, std::uint64_t{type_bytes[type]}, &total);
  return fits ? total : std::numeric_limits<std::uint64_t>::max();
}

FileKind read_file_kind(FileBytes& file) {
  FileKind kind;
  kind.order = read_number(file, 0, 2, ByteOrder::big) == 0x4d4d ? ByteOrder::big : ByteOrder::little;
  const std::uint64_t version = read_number(file, 2, 2, kind.order);
  if (version != 42 && version != 43)
    throw Error(ErrorCode::corrupt_data, "no TIFF has version " + std::to_string(version));
  kind.is_big = version == 43;
  if (kind.is_big && (read_number(file, 4, 2, kind.order) != 8 || read_number(file, 6, 2, kind.order) != 0))
    throw Error(ErrorCode::corrupt_data,
                "a BigTIFF's offsets have 8 bytes, not " + std::to_string(read_number(file, 4, 2, kind.order)));
  kind.first_directory = kind.is_big ? read_number(file, 8, 8, kind.order) : read_number(file, 4, 4, kind.order);
  return kind;
}

Directory::Directory(FileBytes& file, const FileKind& kind, std::uint64_t offset) : file_(file), kind_(kind) {
  const Sizes sizes = sizes_of(kind);
  const std::uint64_t count = read_number(file, offset, sizes.count, kind.order);
  if (count == 0 || count > most_fields)
    throw Error(ErrorCode::corrupt_data,
                "a directory of " + std::to_string(count) + " fields at offset " + std::to_string(offset));
  // Neither sum can pass 64 bits: bytes were read at `offset`.
  const std::uint64_t first = offset + sizes.count;
  std::vector<std::byte> bytes(static_cast<std::size_t>(count) * sizes.field + sizes.value);
  file.read_at(first, bytes);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::size_t at = static_cast<std::size_t>(i) * sizes.field;
    const auto part = [&](std::size_t from, std::size_t size) {
      return number_in(std::span(bytes).subspan(at + from, size), kind.order);
    };
    Field field{.tag = static_cast<std::uint16_t>(part(0, 2)),
                .type = static_cast<std::uint16_t>(part(2, 2)),
                .count = part(4, sizes.value)};
    if (field.type >= type_bytes.size() || type_bytes[field.type] == 0) continue;
    const bool is_inside = field.bytes() <= sizes.value;
    field.offset = is_inside ? first + at + 4 + sizes.value : part(4 + sizes.value, sizes.value);
    fields_.push_back(field);
  }
  next_ = number_in(std::span(bytes).last(sizes.value), kind.order);
}

const Field* Directory::find(Tag tag) const noexcept {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [tag](const Field& f) { return f.tag == tag; });
  return found == fields_.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> Directory::number(Tag tag) const {
  if (find(tag) == nullptr) return std::nullopt;
  const auto values = numbers(tag, 1);
  if (values.empty()) throw Error(ErrorCode::corrupt_data, "tag " + std::to_string(tag) + " has no value");
  return values.front();
}

std::vector<std::uint64_t> Directory::numbers(Tag tag, std::uint64_t wanted) const {
  const Field* const field = find(tag);
  if (field == nullptr) return {};
  if (!is_unsigned_integer(field->type))
    throw Error(ErrorCode::corrupt_data, "tag " + std::to_string(tag) + " has values of type " +
                                             std::to_string(field->type) + ", which are no numbers from 0 on");
  const std::size_t value_bytes = type_bytes[field->type];
  const std::uint64_t count = std::min(wanted, field->count);
  std::vector<std::uint64_t> values;
  std::vector<std::byte> buffer;
  while (values.size() < count) {
    const std::uint64_t some = std::min(values_per_read, count - values.size());
    buffer.resize(static_cast<std::size_t>(some) * value_bytes);
    std::uint64_t offset = 0;
    if (__builtin_add_overflow(field->offset, values.size() * value_bytes, &offset))
      throw Error(ErrorCode::corrupt_data, "tag " + std::to_string(tag) + " has values behind the end of any file");
    file_.read_at(offset, buffer);
    for (std::size_t at = 0; at < buffer.size(); at += value_bytes)
      values.push_back(number_in(std::span(buffer).subspan(at, value_bytes), kind_.order));
  }
  return values;
}

std::vector<std::byte> Directory::value_bytes(const Field& field) const {
  const std::uint64_t total = field.bytes();
  if (const auto size = file_.size(); total > size.value_or(std::numeric_limits<std::int64_t>::max()))
    throw Error(ErrorCode::truncated_data, "the file ends too early: tag " + std::to_string(field.tag) + " has " +
                                               std::to_string(total) + " bytes");
  std::vector<std::byte> bytes(static_cast<std::size_t>(total));
  file_.read_at(field.offset, bytes);
  return bytes;
}

std::size_t count_further(FileBytes& file, const FileKind& kind, const Directory& first, std::size_t most) {
  std::vector<std::uint64_t> seen{0, kind.first_directory};
  std::uint64_t next = first.next();
  try {
    while (seen.size() < most + 2 && std::find(seen.begin(), seen.end(), next) == seen.end()) {
      const Directory directory(file, kind, next);
      seen.push_back(next);
      next = directory.next();
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io_failure) throw;
  }
  return seen.size() - 2;
}

}  // namespace imgbuf::codecs::tiff
