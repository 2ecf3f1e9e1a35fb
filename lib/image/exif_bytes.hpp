#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "imgbuf/metadata.hpp"

namespace imgbuf::image {

/// Numbers and entries of directories in EXIF's TIFF structure. Every place is checked: EXIF comes from untrusted files.
/// @see TIFF 6.0 section 2
class ExifBytes {
 public:
  /// A directory: a count, entries of 12 bytes, and where the next one is.
  struct Directory {
    std::size_t offset = 0;
    std::size_t entry_count = 0;
    [[nodiscard]] std::size_t end() const noexcept { return next_offset() + 4; }
    /// Where the offset of the next directory stands.
    [[nodiscard]] std::size_t next_offset() const noexcept { return offset + 2 + entry_count * entry_bytes; }
  };

  /// A RATIONAL: a numerator and a denominator of 4 bytes each, which stand apart from their entry.
  struct Rational {
    std::size_t pointer = 0;  ///< where the entry says where they are
    std::size_t place = 0;    ///< where they are
  };

  explicit ExifBytes(std::span<const std::byte> bytes) noexcept;

  /// The directory at the front, if this is a TIFF structure and it is whole.
  [[nodiscard]] std::optional<Directory> root() const noexcept;
  /// The one to which a number that stands at a place leads.
  [[nodiscard]] std::optional<Directory> directory_from(std::size_t offset) const noexcept;
  /// Where the value of an entry stands that is one SHORT or LONG.
  [[nodiscard]] std::optional<std::size_t> find(const Directory& directory, std::uint32_t tag) const noexcept;
  /// The value of an entry that is one RATIONAL, inside the bytes and outside of the directory.
  [[nodiscard]] std::optional<Rational> find_rational(const Directory& directory, std::uint32_t tag) const noexcept;
  /// The SHORT or LONG that stands where `find` says.
  [[nodiscard]] std::uint32_t value(std::size_t offset) const noexcept;
  /// Changes it, unless it is a SHORT and the number is too large. @param bytes  those that this looks at
  void set_value(std::span<std::byte> bytes, std::size_t offset, std::uint32_t number) const noexcept;
  /// Writes 4 bytes. @param bytes  those that this looks at, or a copy with more behind them
  void set_u32(std::span<std::byte> bytes, std::size_t offset, std::uint32_t number) const noexcept;

  [[nodiscard]] std::optional<std::uint32_t> u32(std::size_t offset) const noexcept { return number(offset, 4); }

 private:
  static constexpr std::size_t entry_bytes = 12;
  static constexpr std::uint32_t type_short = 3;
  static constexpr std::uint32_t type_long = 4;
  static constexpr std::uint32_t type_rational = 5;

  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t offset, std::size_t size) const noexcept;
  [[nodiscard]] std::size_t size_of_value(std::size_t offset) const noexcept;
  [[nodiscard]] std::optional<std::size_t> find_entry(const Directory& directory, std::uint32_t tag) const noexcept;
  void put(std::span<std::byte> bytes, std::size_t offset, std::size_t size, std::uint32_t number) const noexcept;
  [[nodiscard]] std::optional<Directory> directory_at(std::size_t offset) const noexcept;

  std::span<const std::byte> bytes_;
  bool is_little_ = false;
};

/// Sets the tags of EXIF that say the picture's size, where there are any; every other byte stays.
void set_exif_size(Blob& exif, std::size_t width, std::size_t height) noexcept;

/// Sets the tags of EXIF that say the resolutions along x and y, where both are there, and the unit, without a tag for
/// which they are per inch; then a resolution without a unit changes nothing. Every other byte stays, but a value that
/// both tags share becomes two.
void set_exif_resolution(Blob& exif, const Resolution& resolution);

/// Exchanges EXIF's resolutions along x and y, where both are there.
void swap_exif_resolution(Blob& exif) noexcept;

/// Whether EXIF has a second directory, which is that of a thumbnail.
[[nodiscard]] bool has_thumbnail(const Blob& exif) noexcept;

/// Takes the thumbnail out: no directory leads to it any more, its bytes are zeros, and gone where they were the last.
void drop_thumbnail(Blob& exif);

}  // namespace imgbuf::image
