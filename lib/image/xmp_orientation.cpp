#include "image/xmp_orientation.hpp"

#include <cstddef>
#include <string_view>

namespace imgbuf::image {

namespace {

/// Calls a function with the place of each digit that is an orientation: of an attribute, tiff:Orientation="6", or an
/// element, <tiff:Orientation>6</tiff:Orientation>.
template <class Function>
void for_each_digit(const Blob& xmp, Function function) noexcept {
  constexpr std::string_view name = "tiff:Orientation";
  const std::string_view text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + name.size())) {
    std::size_t digit = at + name.size();
    while (digit < text.size() && std::string_view(" \t\r\n='\">").find(text[digit]) != std::string_view::npos) ++digit;
    if (digit > at + name.size() && digit < text.size() && text[digit] >= '1' && text[digit] <= '8') function(digit);
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
