#include "option_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

#include "imgbuf/writer.hpp"

namespace imgbuf::cli {

namespace {

/// Reads digits and the character that must follow them.
bool take_number(std::string_view& text, char after, std::ptrdiff_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || text.front() == '-') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (after == '\0') return text.empty();
  if (text.empty() || text.front() != after) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Region parse_crop(const std::string& text) {
  Region region;
  std::string_view rest = text;
  if (!take_number(rest, 'x', region.width) || !take_number(rest, '+', region.height) ||
      !take_number(rest, '+', region.x) || !take_number(rest, '\0', region.y)) {
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is not a rectangle such as 640x480+10+20", text));
  }
  if (region.width == 0 || region.height == 0) {
    throw Error(ErrorCode::invalid_argument, fmt::format("'{}' has no pixels", text));
  }
  return region;
}

Flip parse_flip(const std::string& text) {
  if (text == "h") return {Flip::Direction::horizontal};
  if (text == "v") return {Flip::Direction::vertical};
  throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is none of h, v", text));
}

Rotate parse_rotate(const std::string& text) {
  if (text == "90") return {90};
  if (text == "180") return {180};
  if (text == "270") return {270};
  throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is none of 90, 180, 270", text));
}

std::vector<std::string> parse_list(const std::string& text) {
  std::vector<std::string> items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    items.push_back(text.substr(begin, end - begin));
    if (items.back().empty()) {
      throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is no list of names with commas between them", text));
    }
    begin = end + 1;
  }
  return items;
}

SelectChannels parse_channels(const std::string& text) {
  return {parse_list(text)};
}

ConvertOptions::Depth parse_depth(const std::string& text) {
  if (text == "8") return ConvertOptions::Depth::u8;
  if (text == "16") return ConvertOptions::Depth::u16;
  if (text == "32f") return ConvertOptions::Depth::f32;
  throw Error(ErrorCode::invalid_argument, fmt::format("'{}' is none of 8, 16, 32f", text));
}

std::string parse_format(const std::string& text) {
  return std::string(writable_format(text));
}

}  // namespace imgbuf::cli
