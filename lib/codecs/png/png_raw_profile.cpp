#include "codecs/png/png_raw_profile.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace imgbuf::codecs::png {

namespace {

constexpr std::string_view white_space = " \t\r\n";

/// Takes the first word.
std::string_view take_word(std::string_view& text) noexcept {
  const std::size_t begin = std::min(text.find_first_not_of(white_space), text.size());
  const std::size_t end = std::min(text.find_first_of(white_space, begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Blob> parse_raw_profile(std::string_view text) {
  // A line of any words, which the keyword says better.
  text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
  text.remove_prefix(std::min(text.find('\n'), text.size()));
  const std::string_view number = take_word(text);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), size);
  if (error != std::errc() || end != number.data() + number.size() || size > text.size() / 2) return std::nullopt;
  Blob profile;
  int high = -1;
  for (const char c : text) {
    if (white_space.find(c) != std::string_view::npos) continue;
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    if (high < 0) {
      high = digit;
    } else {
      profile.push_back(static_cast<std::byte>(high << 4 | digit));
      high = -1;
    }
  }
  if (high >= 0 || profile.size() != size) return std::nullopt;
  return profile;
}

TextEntry make_raw_profile(std::string_view kind, const Blob& profile) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t bytes_per_line = 36;
  constexpr std::size_t width_of_size = 8;
  const std::string size = std::to_string(profile.size());
  TextEntry entry;
  entry.keyword = std::string(raw_profile_keyword).append(kind);
  entry.encoding = TextEntry::Encoding::latin1;
  entry.compressed = true;
  entry.text.append("\n").append(kind).append("\n");
  entry.text.append(size.size() < width_of_size ? width_of_size - size.size() : 0, ' ').append(size);
  for (std::size_t i = 0; i < profile.size(); ++i) {
    if (i % bytes_per_line == 0) entry.text += '\n';
    const auto value = std::to_integer<std::size_t>(profile[i]);
    entry.text += digits[value >> 4];
    entry.text += digits[value & 0xf];
  }
  entry.text += '\n';
  return entry;
}

}  // namespace imgbuf::codecs::png
