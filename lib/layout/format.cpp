#include "imgbuf/format.hpp"

#include <climits>
#include <cstdlib>

#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

static_assert(sizeof(long) == 8 || sizeof(long) == 4);

[[noreturn]] void refuse(std::string_view pep3118, std::string_view why) {
  throw Error(ErrorCode::unsupported, "element format '" + std::string(pep3118) + "' " + std::string(why));
}

ElementType integer(std::size_t bytes, bool is_signed, std::string_view pep3118) {
  switch (bytes) {
    case 1:
      return is_signed ? ElementType::i8 : ElementType::u8;
    case 2:
      return is_signed ? ElementType::i16 : ElementType::u16;
    case 4:
      return is_signed ? ElementType::i32 : ElementType::u32;
    default:
      refuse(pep3118, "has 64-bit integers, which imgbuf does not hold");
  }
}

}  // namespace

std::string_view to_string(ElementType type) noexcept {
  switch (type) {
    case ElementType::u8:
      return "u8";
    case ElementType::i8:
      return "i8";
    case ElementType::u16:
      return "u16";
    case ElementType::i16:
      return "i16";
    case ElementType::u32:
      return "u32";
    case ElementType::i32:
      return "i32";
    case ElementType::f16:
      return "f16";
    case ElementType::f32:
      return "f32";
    case ElementType::f64:
      return "f64";
  }
  return "unknown";
}

Format Format::parse(std::string_view pep3118) {
  std::string_view rest = pep3118;
  bool standard_sizes = false;
  ByteOrder order = native_byte_order;
  if (!rest.empty()) {
    switch (rest.front()) {
      case '@':
        rest.remove_prefix(1);
        break;
      case '=':
        standard_sizes = true;
        rest.remove_prefix(1);
        break;
      case '<':
        standard_sizes = true;
        order = ByteOrder::little;
        rest.remove_prefix(1);
        break;
      case '>':
      case '!':
        standard_sizes = true;
        order = ByteOrder::big;
        rest.remove_prefix(1);
        break;
      default:
        break;
    }
  }
  if (rest.size() == 2 && rest.front() == '1') rest.remove_prefix(1);
  if (rest.size() != 1) refuse(pep3118, "is not one scalar");
  const std::size_t long_bytes = standard_sizes ? 4 : sizeof(long);
  switch (rest.front()) {
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
      return {integer(long_bytes, false, pep3118), order};
    case 'l':
      return {integer(long_bytes, true, pep3118), order};
    case 'N':
    case 'n':
      if (standard_sizes) refuse(pep3118, "has a code that exists in native mode only");
      return {integer(sizeof(std::size_t), rest.front() == 'n', pep3118), order};
    case 'Q':
    case 'q':
      return {integer(8, rest.front() == 'q', pep3118), order};
    case 'e':
      return {ElementType::f16, order};
    case 'f':
      return {ElementType::f32, order};
    case 'd':
      return {ElementType::f64, order};
    default:
      refuse(pep3118, "is not an element type of imgbuf");
  }
}

std::string Format::pep3118() const {
  std::string text;
  if (!is_native()) text += order_ == ByteOrder::big ? '>' : '<';
  switch (type_) {
    case ElementType::u8:
      return text + 'B';
    case ElementType::i8:
      return text + 'b';
    case ElementType::u16:
      return text + 'H';
    case ElementType::i16:
      return text + 'h';
    case ElementType::u32:
      return text + 'I';
    case ElementType::i32:
      return text + 'i';
    case ElementType::f16:
      return text + 'e';
    case ElementType::f32:
      return text + 'f';
    case ElementType::f64:
      return text + 'd';
  }
  return text;
}

}  // namespace imgbuf
