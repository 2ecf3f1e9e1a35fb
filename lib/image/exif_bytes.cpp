#include "image/exif_bytes.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace imgbuf::image {

ExifBytes::ExifBytes(std::span<const std::byte> bytes) noexcept
    : bytes_(bytes), is_little_(bytes.size() >= 2 && bytes[0] == std::byte{'I'}) {}

std::optional<std::uint32_t> ExifBytes::number(std::size_t offset, std::size_t size) const noexcept {
  if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = offset + (is_little_ ? size - 1 - i : i);
    value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at]);
  }
  return value;
}

std::optional<ExifBytes::Directory> ExifBytes::directory_at(std::size_t offset) const noexcept {
  const auto count = number(offset, 2);
  if (!count) return std::nullopt;
  // One that is cut has the entries that are there.
  const std::size_t room = (bytes_.size() - offset - 2) / entry_bytes;
  return Directory{offset, std::min<std::size_t>(*count, room)};
}

std::optional<ExifBytes::Directory> ExifBytes::root() const noexcept {
  constexpr std::uint32_t tiff_version = 42;
  const char first = is_little_ ? 'I' : 'M';
  if (bytes_.size() < 2 || bytes_[0] != static_cast<std::byte>(first) || bytes_[1] != bytes_[0]) return std::nullopt;
  if (number(2, 2) != tiff_version) return std::nullopt;
  return directory_from(4);
}

std::optional<ExifBytes::Directory> ExifBytes::directory_from(std::size_t offset) const noexcept {
  const auto at = u32(offset);
  if (!at || *at == 0) return std::nullopt;
  return directory_at(*at);
}

std::optional<std::size_t> ExifBytes::find(const Directory& directory, std::uint32_t tag) const noexcept {
  for (std::size_t i = 0; i < directory.entry_count; ++i) {
    const std::size_t entry = directory.offset + 2 + i * entry_bytes;
    if (number(entry, 2) != tag) continue;
    const auto type = number(entry + 2, 2);
    if ((type != type_short && type != type_long) || u32(entry + 4) != 1U) return std::nullopt;
    return entry + 8;
  }
  return std::nullopt;
}

std::size_t ExifBytes::size_of_value(std::size_t offset) const noexcept {
  return number(offset - 6, 2) == type_short ? 2 : 4;
}

std::uint32_t ExifBytes::value(std::size_t offset) const noexcept {
  return number(offset, size_of_value(offset)).value_or(0);
}

void ExifBytes::set_value(std::span<std::byte> bytes, std::size_t offset, std::uint32_t number) const noexcept {
  const std::size_t size = size_of_value(offset);
  if (size == 2 && number > 0xffff) return;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = offset + (is_little_ ? i : size - 1 - i);
    bytes[at] = static_cast<std::byte>(number >> (8 * i) & 0xff);
  }
}

void set_exif_size(Blob& exif, std::size_t width, std::size_t height) noexcept {
  constexpr std::uint32_t exif_directory = 0x8769;
  const ExifBytes bytes(exif);
  const auto root = bytes.root();
  if (!root) return;
  const auto set = [&](const ExifBytes::Directory& directory, std::uint32_t tag, std::size_t number) {
    if (const auto place = bytes.find(directory, tag))
      bytes.set_value(exif, *place, static_cast<std::uint32_t>(number));
  };
  set(*root, 0x0100, width);
  set(*root, 0x0101, height);
  const auto pointer = bytes.find(*root, exif_directory);
  const auto directory = pointer ? bytes.directory_from(*pointer) : std::nullopt;
  if (!directory) return;
  set(*directory, 0xA002, width);
  set(*directory, 0xA003, height);
}

bool has_thumbnail(const Blob& exif) noexcept {
  const ExifBytes bytes(exif);
  const auto root = bytes.root();
  return root && bytes.directory_from(root->next_offset());
}

void drop_thumbnail(Blob& exif) {
  const ExifBytes bytes(exif);
  const auto root = bytes.root();
  if (!root) return;
  const auto directory = bytes.directory_from(root->next_offset());
  if (!directory) return;

  // A JPEG's bytes, or those of an uncompressed picture of one strip.
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 2> places{{{0x0201, 0x0202}, {0x0111, 0x0117}}};
  std::size_t size = exif.size();
  const auto clear = [&](std::size_t begin, std::size_t end) {
    end = std::min(end, exif.size());
    const bool is_in_root = begin < root->end() && end > root->offset;
    if (begin >= end || begin < 8 || is_in_root) return;  // such a thumbnail is none
    std::fill(exif.begin() + static_cast<std::ptrdiff_t>(begin), exif.begin() + static_cast<std::ptrdiff_t>(end),
              std::byte{0});
    if (end + 1 >= size) size = begin;  // a byte may pad the last value
  };
  std::array<std::pair<std::size_t, std::size_t>, places.size()> ranges{};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto at = bytes.find(*directory, places[i].first);
    const auto length = bytes.find(*directory, places[i].second);
    if (at && length) ranges[i] = {bytes.value(*at), std::size_t{bytes.value(*at)} + bytes.value(*length)};
  }
  for (const auto& [begin, end] : ranges) clear(begin, end);
  clear(directory->offset, directory->end());
  std::fill_n(exif.begin() + static_cast<std::ptrdiff_t>(root->next_offset()), 4, std::byte{0});
  exif.resize(size);
}

}  // namespace imgbuf::image
