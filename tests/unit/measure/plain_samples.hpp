#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "imgbuf/format.hpp"
#include "imgbuf/view.hpp"
#include "support/guarded_image.hpp"
#include "walk/half.hpp"

namespace imgbuf::test {

inline constexpr ElementType all_types[] = {ElementType::u8,  ElementType::i8,  ElementType::u16,
                                            ElementType::i16, ElementType::u32, ElementType::i32,
                                            ElementType::f16, ElementType::f32, ElementType::f64};

template <class T>
[[nodiscard]] std::vector<double> as_doubles(std::span<const std::byte> bytes) {
  std::vector<double> values;
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + i, sizeof value);
    values.push_back(static_cast<double>(value));
  }
  return values;
}

/// The samples of a view in C order, without the library's walks.
[[nodiscard]] inline std::vector<double> plain_samples(const AnyConstView& view) {
  const std::vector<std::byte> bytes = packed(view);
  switch (view.format().type()) {
    case ElementType::u8:
      return as_doubles<std::uint8_t>(bytes);
    case ElementType::i8:
      return as_doubles<std::int8_t>(bytes);
    case ElementType::u16:
      return as_doubles<std::uint16_t>(bytes);
    case ElementType::i16:
      return as_doubles<std::int16_t>(bytes);
    case ElementType::u32:
      return as_doubles<std::uint32_t>(bytes);
    case ElementType::i32:
      return as_doubles<std::int32_t>(bytes);
    case ElementType::f32:
      return as_doubles<float>(bytes);
    case ElementType::f64:
      return as_doubles<double>(bytes);
    case ElementType::f16:
      break;
  }
  std::vector<double> values = as_doubles<std::uint16_t>(bytes);
  for (double& value : values) value = walk::half_to_double(static_cast<std::uint16_t>(value));
  return values;
}

}  // namespace imgbuf::test
