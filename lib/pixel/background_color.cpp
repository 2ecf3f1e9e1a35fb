#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"

namespace imgbuf {

namespace {

struct NamedColor {
  std::string_view name;
  std::uint32_t rgb;
};

/// @see CSS 2.1 section 4.3.6 without orange, which is the seventeenth
constexpr std::array<NamedColor, 16> basic_colors{{
    {"aqua", 0x00FFFF},
    {"black", 0x000000},
    {"blue", 0x0000FF},
    {"fuchsia", 0xFF00FF},
    {"gray", 0x808080},
    {"green", 0x008000},
    {"lime", 0x00FF00},
    {"maroon", 0x800000},
    {"navy", 0x000080},
    {"olive", 0x808000},
    {"purple", 0x800080},
    {"red", 0xFF0000},
    {"silver", 0xC0C0C0},
    {"teal", 0x008080},
    {"white", 0xFFFFFF},
    {"yellow", 0xFFFF00},
}};

BackgroundColor from_bytes(unsigned red, unsigned green, unsigned blue) {
  return {static_cast<std::uint16_t>(red * 257), static_cast<std::uint16_t>(green * 257),
          static_cast<std::uint16_t>(blue * 257)};
}

/// The number that all of `text` is, if it is one that is at most `limit`.
std::optional<unsigned> number(std::string_view text, int base, unsigned limit) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc{} || stop != end || value > limit) return std::nullopt;
  return value;
}

std::optional<BackgroundColor> parse_hex(std::string_view digits) {
  if (digits.size() != 3 && digits.size() != 6 && digits.size() != 12) return std::nullopt;
  const std::size_t each = digits.size() / 3;
  const unsigned maximum = (1U << (4 * each)) - 1;
  std::array<std::uint16_t, 3> channels{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto value = number(digits.substr(i * each, each), 16, maximum);
    if (!value) return std::nullopt;
    channels[i] = static_cast<std::uint16_t>(*value * (65535 / maximum));
  }
  return BackgroundColor{channels[0], channels[1], channels[2]};
}

std::optional<BackgroundColor> parse_list(std::string_view text) {
  const std::size_t first = text.find(',');
  const std::size_t second = text.find(',', first + 1);
  if (first == text.npos || second == text.npos) return std::nullopt;
  const auto red = number(text.substr(0, first), 10, 255);
  const auto green = number(text.substr(first + 1, second - first - 1), 10, 255);
  const auto blue = number(text.substr(second + 1), 10, 255);
  if (!red || !green || !blue) return std::nullopt;
  return from_bytes(*red, *green, *blue);
}

std::optional<BackgroundColor> parse_name(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const auto& [name, rgb] : basic_colors) {
    if (name == lower) return from_bytes(rgb >> 16, (rgb >> 8) & 0xFF, rgb & 0xFF);
  }
  return std::nullopt;
}

}  // namespace

BackgroundColor BackgroundColor::parse(std::string_view text) {
  const auto color = text.starts_with('#')         ? parse_hex(text.substr(1))
                     : text.find(',') != text.npos ? parse_list(text)
                                                   : parse_name(text);
  if (color) return *color;
  throw Error(ErrorCode::invalid_argument, "'" + std::string(text) +
                                               "' is not a colour: give #rgb, #rrggbb, #rrrrggggbbbb, r,g,b or a basic "
                                               "colour name such as white");
}

}  // namespace imgbuf
