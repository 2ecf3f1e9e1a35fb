#include "exif_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace imgbuf::cli {

namespace {

using Bytes = std::span<const unsigned char>;

/// Longer values are cut: many tags of a hostile file may share one.
constexpr std::size_t longest_text = 4095;

Bytes bytes_of(const ExifEntry& entry) {
  return {entry.data, entry.data == nullptr ? 0 : entry.size};
}

ExifByteOrder order_of(const ExifEntry& entry) {
  return exif_data_get_byte_order(entry.parent->parent);
}

std::string text_until_nul(Bytes bytes) {
  return {bytes.begin(), std::find(bytes.begin(), bytes.end(), 0)};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 || (c >= '\t' && c <= '\r'); });
}

ExifValue cut(std::string text) {
  if (text.size() <= longest_text) return {std::move(text), {}};
  const std::size_t whole = text.size();
  std::size_t end = longest_text;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // no part of a character of UTF-8
  text.resize(end);
  return {std::move(text), fmt::format("cut: the first {} of {} bytes", end, whole)};
}

void append_utf8(std::string& text, char32_t c) {
  const auto continued = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xc0 | c >> 6), continued(c)};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xe0 | c >> 12), continued(c >> 6), continued(c)};
  } else {
    text += {static_cast<char>(0xf0 | c >> 18), continued(c >> 12), continued(c >> 6), continued(c)};
  }
}

/// UTF-16 up to a NUL, in the order that a mark at its front says, else in the one given.
std::string text_of_utf16(Bytes bytes, ExifByteOrder order) {
  constexpr char32_t mark = 0xfeff, swapped_mark = 0xfffe, replacement = 0xfffd;
  const auto unit = [&](std::size_t at) { return static_cast<char32_t>(exif_get_short(bytes.data() + at, order)); };
  const auto is_half = [](char32_t c, char32_t first) { return c >= first && c < first + 0x400; };
  if (bytes.size() >= 2 && unit(0) == swapped_mark)
    order = order == EXIF_BYTE_ORDER_INTEL ? EXIF_BYTE_ORDER_MOTOROLA : EXIF_BYTE_ORDER_INTEL;
  std::string text;
  for (std::size_t at = bytes.size() >= 2 && unit(0) == mark ? 2 : 0; at + 1 < bytes.size(); at += 2) {
    char32_t c = unit(at);
    if (c == 0) break;
    if (is_half(c, 0xd800) && at + 3 < bytes.size() && is_half(unit(at + 2), 0xdc00)) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
      at += 2;
    } else if (is_half(c, 0xd800) || is_half(c, 0xdc00)) {
      c = replacement;
    }
    append_utf8(text, c);
  }
  return text;
}

ExifValue not_interpreted(std::size_t size) {
  return {std::nullopt, fmt::format("{} bytes, which are not interpreted", size)};
}

/// What begins with eight bytes that say its encoding. @see EXIF 2.32, section 4.6.5, UserComment
ExifValue encoded_text(Bytes bytes, ExifByteOrder order) {
  constexpr std::size_t code_size = 8;
  const Bytes text = bytes.subspan(std::min(code_size, bytes.size()));
  const auto has_code = [&](std::string_view code) {
    return bytes.size() >= code_size && std::equal(code.begin(), code.end(), bytes.begin());
  };
  if (has_code({"ASCII\0\0\0", code_size})) return cut(text_until_nul(text));
  if (has_code({"UNICODE\0", code_size})) return cut(text_of_utf16(text, order));
  if (has_code({"JIS\0\0\0\0\0", code_size}))
    return {std::nullopt, fmt::format("{} bytes of text in JIS, which is not decoded", text.size())};
  // What says that it is unknown, or nothing, is a text if it looks like one.
  std::string plain = text_until_nul(has_code({"\0\0\0\0\0\0\0\0", code_size}) ? text : bytes);
  return is_printable(plain) ? cut(std::move(plain)) : not_interpreted(bytes.size());
}

template <class Float, class Integer>
Float as_float(Integer bits) {
  return std::bit_cast<Float>(bits);
}

/// The element at `data` of an entry's numbers; nothing for what is none.
std::optional<std::string> number_at(const unsigned char* data, ExifFormat format, ExifByteOrder order) {
  switch (format) {
    case EXIF_FORMAT_BYTE:
    case EXIF_FORMAT_UNDEFINED:
      return fmt::format("{}", *data);
    case EXIF_FORMAT_SBYTE:
      return fmt::format("{}", static_cast<int>(static_cast<signed char>(*data)));
    case EXIF_FORMAT_SHORT:
      return fmt::format("{}", exif_get_short(data, order));
    case EXIF_FORMAT_SSHORT:
      return fmt::format("{}", exif_get_sshort(data, order));
    case EXIF_FORMAT_LONG:
      return fmt::format("{}", exif_get_long(data, order));
    case EXIF_FORMAT_SLONG:
      return fmt::format("{}", exif_get_slong(data, order));
    case EXIF_FORMAT_RATIONAL:
      return fmt::format("{}/{}", exif_get_long(data, order), exif_get_long(data + 4, order));
    case EXIF_FORMAT_SRATIONAL:
      return fmt::format("{}/{}", exif_get_slong(data, order), exif_get_slong(data + 4, order));
    case EXIF_FORMAT_FLOAT:
      return fmt::format("{}", as_float<float>(std::uint32_t{exif_get_long(data, order)}));
    case EXIF_FORMAT_DOUBLE: {
      const bool is_little = order == EXIF_BYTE_ORDER_INTEL;
      const std::uint64_t low = exif_get_long(data + (is_little ? 0 : 4), order);
      const std::uint64_t high = exif_get_long(data + (is_little ? 4 : 0), order);
      return fmt::format("{}", as_float<double>(high << 32 | low));
    }
    case EXIF_FORMAT_ASCII:
      break;
  }
  return std::nullopt;
}

ExifValue numbers(const ExifEntry& entry) {
  const std::size_t size = exif_format_get_size(entry.format);
  std::string list;
  for (std::size_t i = 0; i < entry.components; ++i) {
    const auto number = number_at(entry.data + i * size, entry.format, order_of(entry));
    if (!number) return not_interpreted(entry.size);
    if (list.size() + number->size() + 2 > longest_text)
      return {std::move(list), fmt::format("cut: the first {} of {} values", i, entry.components)};
    list.append(i == 0 ? "" : ", ").append(*number);
  }
  return {std::move(list), {}};
}

/// The value without a word for it.
ExifValue plain_value(const ExifEntry& entry) {
  if (entry.format != EXIF_FORMAT_UNDEFINED) return numbers(entry);
  if (entry.size == 1) return numbers(entry);
  std::string text = text_until_nul(bytes_of(entry));
  return !text.empty() && is_printable(text) && text.size() + 1 >= entry.size ? cut(std::move(text))
                                                                              : not_interpreted(entry.size);
}

/// Whether libexif says that it has no word for a value, in place of one.
bool is_no_value(std::string_view text) {
  constexpr std::array<std::string_view, 5> beginnings{"Internal error", "Unknown value", "Unknown Exif Version",
                                                       "Unknown FlashPix Version", "Unexpected number"};
  constexpr std::array<std::string_view, 2> ends{"bytes undefined data", "bytes unsupported data type"};
  return text.empty() ||
         std::any_of(beginnings.begin(), beginnings.end(), [&](auto words) { return text.starts_with(words); }) ||
         std::any_of(ends.begin(), ends.end(), [&](auto words) { return text.ends_with(words); });
}

bool is_encoded_text(::ExifTag tag, ExifIfd directory) {
  const auto number = static_cast<unsigned>(tag);
  // GPSProcessingMethod, GPSAreaInformation
  return directory == EXIF_IFD_GPS ? number == 0x001B || number == 0x001C : tag == EXIF_TAG_USER_COMMENT;
}

bool is_windows_text(const ExifEntry& entry, ExifIfd directory) {
  return directory == EXIF_IFD_0 && entry.tag >= EXIF_TAG_XP_TITLE && entry.tag <= EXIF_TAG_XP_SUBJECT &&
         exif_format_get_size(entry.format) == 1;
}

}  // namespace

ExifValue exif_value(ExifEntry& entry, ExifIfd directory) {
  if (entry.data == nullptr || entry.size < entry.components * exif_format_get_size(entry.format))
    return {std::nullopt, "damaged"};
  if (is_encoded_text(entry.tag, directory)) return encoded_text(bytes_of(entry), order_of(entry));
  if (is_windows_text(entry, directory)) return cut(text_of_utf16(bytes_of(entry), EXIF_BYTE_ORDER_INTEL));
  if (entry.format == EXIF_FORMAT_ASCII && entry.tag != EXIF_TAG_COPYRIGHT) return cut(text_until_nul(bytes_of(entry)));
  // Where a word and numbers behind it are longer, the numbers alone tell how many there are.
  std::string text(longest_text + 1, '\0');
  exif_entry_get_value(&entry, text.data(), static_cast<unsigned int>(text.size()));
  text.resize(text.find('\0'));
  if (entry.format == EXIF_FORMAT_ASCII)
    return text.size() < longest_text ? ExifValue{std::move(text), {}} : cut(text_until_nul(bytes_of(entry)));
  return is_no_value(text) || text.size() >= longest_text ? plain_value(entry) : ExifValue{std::move(text), {}};
}

}  // namespace imgbuf::cli
