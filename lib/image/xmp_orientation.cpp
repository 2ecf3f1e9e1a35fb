#include "image/xmp_orientation.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace imgbuf::image {

namespace {

std::size_t behind_space(std::string_view text, std::size_t at) noexcept {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

char at_or_none(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? text[at] : '\0';
}

/// Calls a function with the place of each digit that is an orientation: of an attribute, tiff:Orientation="6", or an
/// element, <tiff:Orientation>6</tiff:Orientation>.
template <class Function>
void for_each_digit(const Blob& xmp, Function function) noexcept {
  constexpr std::string_view name = "tiff:Orientation";
  const std::string_view text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + name.size())) {
    const std::size_t sign = behind_space(text, at + name.size());
    const bool is_attribute = at_or_none(text, sign) == '=';
    const bool is_element = at_or_none(text, sign) == '>' && at > 0 && text[at - 1] == '<';
    if (!is_attribute && !is_element) continue;
    const std::size_t quote = is_attribute ? behind_space(text, sign + 1) : sign;
    const char opening = at_or_none(text, quote);
    if (is_attribute && opening != '"' && opening != '\'') continue;
    const std::size_t digit = behind_space(text, quote + 1);
    const char closing = at_or_none(text, behind_space(text, digit + 1));
    const bool is_closed = closing == (is_attribute ? opening : '<');
    if (is_closed && at_or_none(text, digit) >= '1' && at_or_none(text, digit) <= '8') function(digit);
  }
}

}  // namespace

void set_xmp_orientation(Blob& xmp, Orientation orientation) noexcept {
  const int digit = '0' + static_cast<int>(orientation);
  // One digit stands for another, so nothing moves.
  for_each_digit(xmp, [&](std::size_t at) { xmp[at] = static_cast<std::byte>(digit); });
}

bool is_xmp_upright(const Blob& xmp) noexcept {
  bool is_upright = true;
  for_each_digit(xmp, [&](std::size_t at) { is_upright = is_upright && xmp[at] == std::byte{'1'}; });
  return is_upright;
}

}  // namespace imgbuf::image
