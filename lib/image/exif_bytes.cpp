#include "image/exif_bytes.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

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

std::optional<std::size_t> ExifBytes::find_entry(const Directory& directory, std::uint32_t tag) const noexcept {
  for (std::size_t i = 0; i < directory.entry_count; ++i) {
    const std::size_t entry = directory.offset + 2 + i * entry_bytes;
    if (number(entry, 2) == tag) return entry;
  }
  return std::nullopt;
}

std::optional<std::size_t> ExifBytes::find(const Directory& directory, std::uint32_t tag) const noexcept {
  const auto entry = find_entry(directory, tag);
  if (!entry) return std::nullopt;
  const auto type = number(*entry + 2, 2);
  if ((type != type_short && type != type_long) || u32(*entry + 4) != 1U) return std::nullopt;
  return *entry + 8;
}

std::optional<ExifBytes::Rational> ExifBytes::find_rational(const Directory& directory,
                                                            std::uint32_t tag) const noexcept {
  const auto entry = find_entry(directory, tag);
  if (!entry || number(*entry + 2, 2) != type_rational || u32(*entry + 4) != 1U) return std::nullopt;
  const std::size_t place = u32(*entry + 8).value_or(0);
  const bool is_in_directory = place < directory.end() && place + 8 > directory.offset;
  if (place < 8 || is_in_directory || !number(place, 4) || !number(place + 4, 4)) return std::nullopt;
  return Rational{*entry + 8, place};
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
  put(bytes, offset, size, number);
}

void ExifBytes::set_u32(std::span<std::byte> bytes, std::size_t offset, std::uint32_t number) const noexcept {
  put(bytes, offset, 4, number);
}

void ExifBytes::put(std::span<std::byte> bytes, std::size_t offset, std::size_t size,
                    std::uint32_t number) const noexcept {
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

namespace {

/// Numerator and denominator.
using Fraction = std::pair<std::uint32_t, std::uint32_t>;

/// Both of EXIF's resolutions. @see EXIF 2.32 section 4.6.4
struct ExifResolution {
  ExifBytes::Rational x;
  ExifBytes::Rational y;
  std::optional<std::size_t> unit;
  [[nodiscard]] bool is_shared() const noexcept { return x.place == y.place; }
};

std::optional<ExifResolution> resolution_in(const ExifBytes& bytes) noexcept {
  const auto root = bytes.root();
  if (!root) return std::nullopt;
  const auto x = bytes.find_rational(*root, 0x011A);
  const auto y = bytes.find_rational(*root, 0x011B);
  if (!x || !y) return std::nullopt;
  const std::size_t distance = x->place < y->place ? y->place - x->place : x->place - y->place;
  if (distance > 0 && distance < 8) return std::nullopt;
  return ExifResolution{*x, *y, bytes.find(*root, 0x0128)};
}

/// The number of EXIF's unit; an EXIF that does not say it means inches.
std::uint32_t number_of(Resolution::Unit unit) noexcept {
  switch (unit) {
    case Resolution::Unit::unit_less:
      return 1;
    case Resolution::Unit::per_inch:
      return 2;
    case Resolution::Unit::per_centimetre:
    case Resolution::Unit::per_metre:
      return 3;
  }
  return 1;
}

Fraction fraction(std::uint32_t count, Resolution::Unit unit, bool in_inches) noexcept {
  constexpr std::uint64_t most = 0xffffffff;
  std::uint64_t numerator = count;
  std::uint64_t denominator = unit == Resolution::Unit::per_metre ? 100 : 1;
  if (in_inches && number_of(unit) == 3) {
    numerator *= 127;  // an inch is 2.54 cm
    denominator *= 50;
  }
  if (numerator > most) {
    numerator = std::min(most, numerator / denominator);
    denominator = 1;
  }
  return {static_cast<std::uint32_t>(numerator), static_cast<std::uint32_t>(denominator)};
}

}  // namespace

void set_exif_resolution(Blob& exif, const Resolution& resolution) {
  const ExifBytes bytes(exif);
  const auto tags = resolution_in(bytes);
  if (!tags || (!tags->unit && resolution.unit == Resolution::Unit::unit_less)) return;
  if (tags->is_shared() && resolution.x != resolution.y) {
    const std::size_t place = exif.size() + exif.size() % 2;
    // Behind a last directory that is cut, more bytes would be its own.
    if (place > 0xffffffff || place < bytes.root()->end()) return;
    bytes.set_u32(exif, tags->y.pointer, static_cast<std::uint32_t>(place));
    exif.resize(place + 8);
    set_exif_resolution(exif, resolution);
    return;
  }
  const auto set = [&](const ExifBytes::Rational& tag, std::uint32_t count) {
    const auto [numerator, denominator] = fraction(count, resolution.unit, !tags->unit);
    bytes.set_u32(exif, tag.place, numerator);
    bytes.set_u32(exif, tag.place + 4, denominator);
  };
  set(tags->x, resolution.x);
  set(tags->y, resolution.y);
  if (tags->unit) bytes.set_value(exif, *tags->unit, number_of(resolution.unit));
}

void swap_exif_resolution(Blob& exif) noexcept {
  const auto tags = resolution_in(ExifBytes(exif));
  if (!tags || tags->is_shared()) return;
  const auto at = [&exif](std::size_t place) { return exif.begin() + static_cast<std::ptrdiff_t>(place); };
  std::swap_ranges(at(tags->x.place), at(tags->x.place + 8), at(tags->y.place));
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

  // Nothing of a thumbnail lies in the picture's own directories: EXIF's, GPS's, Interoperability's.
  std::vector<ExifBytes::Directory> others{*root};
  const auto add = [&](const ExifBytes::Directory& from, std::uint32_t tag) {
    const auto pointer = bytes.find(from, tag);
    if (const auto other = pointer ? bytes.directory_from(*pointer) : std::nullopt) others.push_back(*other);
  };
  add(*root, 0x8769);
  add(*root, 0x8825);
  if (others.size() > 1) add(ExifBytes::Directory(others[1]), 0xA005);

  // A JPEG's bytes, or those of an uncompressed picture of one strip.
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 2> places{{{0x0201, 0x0202}, {0x0111, 0x0117}}};
  std::size_t size = exif.size();
  const auto clear = [&](std::size_t begin, std::size_t end) {
    end = std::min(end, exif.size());
    const bool meets_others = std::any_of(others.begin(), others.end(), [&](const ExifBytes::Directory& other) {
      return begin < other.end() && end > other.offset;
    });
    if (begin >= end || begin < 8 || meets_others) return;  // such a thumbnail is none
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
