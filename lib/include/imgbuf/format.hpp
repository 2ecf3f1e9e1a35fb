#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// The scalar types an element can have.
enum class ElementType : std::uint8_t { u8, i8, u16, i16, u32, i32, f16, f32, f64 };

/// Bytes of one element: 1, 2, 4 or 8.
[[nodiscard]] constexpr std::ptrdiff_t size_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::u8:
    case ElementType::i8:
      return 1;
    case ElementType::u16:
    case ElementType::i16:
    case ElementType::f16:
      return 2;
    case ElementType::u32:
    case ElementType::i32:
    case ElementType::f32:
      return 4;
    case ElementType::f64:
      return 8;
  }
  return 0;
}

/// Whether a type is `f16`, `f32` or `f64`.
[[nodiscard]] constexpr bool is_floating_point(ElementType type) noexcept {
  return type == ElementType::f16 || type == ElementType::f32 || type == ElementType::f64;
}
/// Whether a type is `i8`, `i16` or `i32`.
[[nodiscard]] constexpr bool is_signed_integer(ElementType type) noexcept {
  return type == ElementType::i8 || type == ElementType::i16 || type == ElementType::i32;
}

/// "u8", "f32", …
IMGBUF_API std::string_view to_string(ElementType type) noexcept;

/// Which byte of an element comes first in memory: the least or the most significant.
enum class ByteOrder : std::uint8_t { little, big };

/// The byte order of the machine that the program runs on.
inline constexpr ByteOrder native_byte_order =
    std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

/// One element: its scalar type and its byte order. Elements of one byte always compare as native.
class IMGBUF_API Format {
 public:
  constexpr Format() noexcept = default;
  constexpr Format(ElementType type, ByteOrder order = native_byte_order) noexcept  // NOLINT: a type is a format
      : type_(type), order_(size_of(type) == 1 ? native_byte_order : order) {}

  /// Reads a PEP 3118 (`struct` module) format of one scalar: an optional byte order `@ = < > ! ^` and one code.
  /// `l`, `L`, `n` and `N` mean what they mean in that mode: 4 bytes after `= < > !`, the platform's otherwise.
  /// `?` and `c` are `u8`. What `ItemFormat` reads as one scalar, such as "1B" and "T{B}", is one; several elements, as
  /// in "3B", are not.
  /// @throws Error{unsupported} naming the format when it is not one of the element types
  /// @see https://docs.python.org/3/library/struct.html#format-strings, PEP 3118
  static Format parse(std::string_view pep3118);

  [[nodiscard]] constexpr ElementType type() const noexcept { return type_; }
  [[nodiscard]] constexpr ByteOrder byte_order() const noexcept { return order_; }
  [[nodiscard]] constexpr bool is_native() const noexcept { return order_ == native_byte_order; }
  [[nodiscard]] constexpr std::ptrdiff_t itemsize() const noexcept { return size_of(type_); }

  /// The PEP 3118 spelling, such as "B", "H" or ">H" (native order has no prefix).
  [[nodiscard]] std::string pep3118() const;

  friend constexpr bool operator==(Format, Format) noexcept = default;

 private:
  ElementType type_ = ElementType::u8;
  ByteOrder order_ = native_byte_order;
};

/// The element type of a C++ type; `f16` has none in C++20.
template <class T>
[[nodiscard]] constexpr ElementType element_type_of() noexcept {
  using U = std::remove_const_t<T>;
  if constexpr (std::is_same_v<U, std::uint8_t>)
    return ElementType::u8;
  else if constexpr (std::is_same_v<U, std::int8_t>)
    return ElementType::i8;
  else if constexpr (std::is_same_v<U, std::uint16_t>)
    return ElementType::u16;
  else if constexpr (std::is_same_v<U, std::int16_t>)
    return ElementType::i16;
  else if constexpr (std::is_same_v<U, std::uint32_t>)
    return ElementType::u32;
  else if constexpr (std::is_same_v<U, std::int32_t>)
    return ElementType::i32;
  else if constexpr (std::is_same_v<U, float>)
    return ElementType::f32;
  else {
    static_assert(std::is_same_v<U, double>, "not an element type of imgbuf");
    return ElementType::f64;
  }
}

}  // namespace imgbuf
