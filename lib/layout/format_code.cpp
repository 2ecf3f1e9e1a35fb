#include "layout/format_code.hpp"

#include "imgbuf/error.hpp"

namespace imgbuf::layout {

namespace {

static_assert(sizeof(long) == 8 || sizeof(long) == 4);
constexpr std::size_t most_shown = 64;  // characters of a format in a message

bool is_printable(char c) noexcept {
  return c >= ' ' && c <= '~';
}

/// The integer type of a code whose size the platform chooses.
Format integer(std::size_t bytes, bool is_signed, ByteOrder order, std::string_view pep3118, std::size_t position) {
  if (bytes == 4) return {is_signed ? ElementType::i32 : ElementType::u32, order};
  refuse_format(pep3118, "has 64-bit integers, which imgbuf does not hold", position);
}

[[noreturn]] void refuse_code(char code, std::string_view pep3118, std::size_t position) {
  if (code == 'x') refuse_format(pep3118, "has padding, and an axis has its elements side by side", position);
  if (!is_printable(code)) refuse_format(pep3118, "has a character that is no code", position);
  refuse_format(pep3118, std::string("has '") + code + "', which is no element type of imgbuf", position);
}

}  // namespace

std::optional<FormatMode> format_mode(char mark) noexcept {
  switch (mark) {
    case '@':
    case '^':
      return FormatMode{false, native_byte_order};
    case '=':
      return FormatMode{true, native_byte_order};
    case '<':
      return FormatMode{true, ByteOrder::little};
    case '>':
    case '!':
      return FormatMode{true, ByteOrder::big};
    default:
      return {};
  }
}

Format format_of_code(char code, FormatMode mode, std::string_view pep3118, std::size_t position) {
  const ByteOrder order = mode.order;
  switch (code) {
    case 'B':
    case 'c':
    case '?':
      return ElementType::u8;
    case 'b':
      return ElementType::i8;
    case 'H':
      return {ElementType::u16, order};
    case 'h':
      return {ElementType::i16, order};
    case 'I':
      return {ElementType::u32, order};
    case 'i':
      return {ElementType::i32, order};
    case 'L':
    case 'l':
      return integer(mode.has_standard_sizes ? 4 : sizeof(long), code == 'l', order, pep3118, position);
    case 'N':
    case 'n':
      if (mode.has_standard_sizes) refuse_format(pep3118, "has a code that exists in native mode only", position);
      return integer(sizeof(std::size_t), code == 'n', order, pep3118, position);
    case 'Q':
    case 'q':
      return integer(8, code == 'q', order, pep3118, position);
    case 'e':
      return {ElementType::f16, order};
    case 'f':
      return {ElementType::f32, order};
    case 'd':
      return {ElementType::f64, order};
    default:
      refuse_code(code, pep3118, position);
  }
}

std::string quoted_format(std::string_view pep3118) {
  std::string text = "'";
  for (const char c : pep3118.substr(0, most_shown)) text += is_printable(c) ? c : '?';
  return text + (pep3118.size() > most_shown ? "…'" : "'");
}

void refuse_format(std::string_view pep3118, std::string_view why, std::size_t position) {
  throw Error(ErrorCode::unsupported, "element format " + quoted_format(pep3118) + " " + std::string(why),
              "position " + std::to_string(position));
}

}  // namespace imgbuf::layout
