#include "imgbuf/metadata.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace imgbuf {

namespace {

/// Numbers in a TIFF structure. Reads are checked: EXIF blobs come from untrusted files.
class TiffBytes {
 public:
  explicit TiffBytes(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {
    is_little_ = bytes.size() >= 2 && bytes[0] == std::byte{'I'} && bytes[1] == std::byte{'I'};
    is_big_ = bytes.size() >= 2 && bytes[0] == std::byte{'M'} && bytes[1] == std::byte{'M'};
  }

  [[nodiscard]] bool has_byte_order() const noexcept { return is_little_ || is_big_; }
  [[nodiscard]] bool is_little() const noexcept { return is_little_; }

  [[nodiscard]] std::optional<std::uint32_t> u16(std::size_t offset) const noexcept { return number(offset, 2); }
  [[nodiscard]] std::optional<std::uint32_t> u32(std::size_t offset) const noexcept { return number(offset, 4); }

 private:
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t offset, std::size_t size) const noexcept {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = offset + (is_little_ ? size - 1 - i : i);
      value = value << 8 | std::to_integer<std::uint32_t>(bytes_[at]);
    }
    return value;
  }

  std::span<const std::byte> bytes_;
  bool is_little_ = false;
  bool is_big_ = false;
};

/// Where the 16-bit value of the orientation stands, if IFD 0 has the tag as one SHORT.
std::optional<std::size_t> orientation_offset(const TiffBytes& tiff) noexcept {
  constexpr std::uint32_t tiff_version = 42;
  constexpr std::uint32_t orientation_tag = 0x0112;
  constexpr std::uint32_t type_short = 3;
  constexpr std::size_t entry_bytes = 12;

  if (!tiff.has_byte_order() || tiff.u16(2) != tiff_version) return std::nullopt;
  const auto directory = tiff.u32(4);
  if (!directory) return std::nullopt;
  const auto entry_count = tiff.u16(*directory);
  if (!entry_count) return std::nullopt;
  for (std::size_t i = 0; i < *entry_count; ++i) {
    const std::size_t entry = std::size_t{*directory} + 2 + i * entry_bytes;
    const auto tag = tiff.u16(entry);
    if (!tag) return std::nullopt;
    if (*tag != orientation_tag) continue;
    if (tiff.u16(entry + 2) != type_short || tiff.u32(entry + 4) != 1U || !tiff.u32(entry + 8)) return std::nullopt;
    return entry + 8;
  }
  return std::nullopt;
}

}  // namespace

Orientation orientation(const Metadata& metadata) noexcept {
  const TiffBytes tiff(metadata.exif);
  const auto offset = orientation_offset(tiff);
  if (!offset) return Orientation::upright;
  const std::uint32_t value = *tiff.u16(*offset);
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::upright;
}

void set_orientation(Metadata& metadata, Orientation orientation) noexcept {
  const TiffBytes tiff(metadata.exif);
  const auto offset = orientation_offset(tiff);
  if (!offset) return;
  const auto value = static_cast<std::byte>(orientation);
  metadata.exif[*offset] = tiff.is_little() ? value : std::byte{0};
  metadata.exif[*offset + 1] = tiff.is_little() ? std::byte{0} : value;
}

}  // namespace imgbuf
