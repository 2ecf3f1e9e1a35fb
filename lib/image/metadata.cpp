#include "imgbuf/metadata.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

#include "image/exif_bytes.hpp"
#include "image/xmp_orientation.hpp"

namespace imgbuf {

namespace {

constexpr std::uint32_t orientation_tag = 0x0112;

std::string utf8_of_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xc0 | code >> 6);
      utf8 += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return utf8;
}

}  // namespace

std::string utf8_text(const TextEntry& entry) {
  return entry.encoding == TextEntry::Encoding::latin1 ? utf8_of_latin1(entry.text) : entry.text;
}

std::string as_comment(const TextEntry& entry) {
  // A keyword of PNG is Latin-1 whatever its text is.
  return entry.keyword == "Comment" ? utf8_text(entry) : utf8_of_latin1(entry.keyword) + ": " + utf8_text(entry);
}

Orientation orientation(const Metadata& metadata) noexcept {
  const image::ExifBytes bytes(metadata.exif);
  const auto root = bytes.root();
  const auto place = root ? bytes.find(*root, orientation_tag) : std::nullopt;
  const std::uint32_t value = place ? bytes.value(*place) : 0;
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::upright;
}

void set_orientation(Metadata& metadata, Orientation orientation) noexcept {
  const image::ExifBytes bytes(metadata.exif);
  const auto root = bytes.root();
  const auto place = root ? bytes.find(*root, orientation_tag) : std::nullopt;
  if (place) bytes.set_value(metadata.exif, *place, static_cast<std::uint32_t>(orientation));
  image::set_xmp_orientation(metadata.xmp, orientation);
}

}  // namespace imgbuf
