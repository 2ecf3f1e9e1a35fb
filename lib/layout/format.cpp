#include "imgbuf/format.hpp"

#include "imgbuf/error.hpp"
#include "imgbuf/item_format.hpp"
#include "layout/format_code.hpp"

namespace imgbuf {

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
  const ItemFormat item = ItemFormat::parse(pep3118);
  if (!item.axes.empty())
    throw Error(ErrorCode::unsupported, "element format " + layout::quoted_format(pep3118) + " is not one scalar");
  return item.format;
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
