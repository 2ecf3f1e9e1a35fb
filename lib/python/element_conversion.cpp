#include "python/element_conversion.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "imgbuf/walk.hpp"

namespace imgbuf::python {

namespace {

template <class T>
void convert_as(const AnyView& destination, const AnyConstView& source, const Context& context) {
  transform(
      context, [](T value) { return value; }, seen_as<T>(destination), seen_as<const T>(source));
}

template <class Bits>
void fill_with(const AnyView& destination, const std::byte* element, const Context& context) {
  Bits bits;
  std::memcpy(&bits, element, sizeof bits);
  const std::array<WalkOperand, 1> operands{
      WalkOperand{destination.origin(), &destination.layout(), sizeof(Bits), Use::write}};
  const auto kernel = [bits](const Block& block) {
    // What the loops read is of their own, so that no element that is written can overlap it.
    const Bits value = bits;
    const std::ptrdiff_t columns = block.columns;
    const std::ptrdiff_t stride = block.column_byte_strides[0];
    constexpr auto packed = static_cast<std::ptrdiff_t>(sizeof value);
    for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
      std::byte* const row = block.pointers[0] + r * block.row_byte_strides[0];
      if (stride == packed)  // a stride that the compiler knows
        for (std::ptrdiff_t c = 0; c < columns; ++c) std::memcpy(row + c * packed, &value, sizeof value);
      else
        for (std::ptrdiff_t c = 0; c < columns; ++c) std::memcpy(row + c * stride, &value, sizeof value);
    }
  };
  walk_blocks(operands, kernel, context);
}

}  // namespace

void convert(const AnyView& destination, const AnyConstView& source, const Context& context) {
  const ElementType type = destination.format().type();
  if (type == source.format().type()) return copy(destination, source, context);
  switch (type) {
    case ElementType::u8:
      return convert_as<std::uint8_t>(destination, source, context);
    case ElementType::i8:
      return convert_as<std::int8_t>(destination, source, context);
    case ElementType::u16:
      return convert_as<std::uint16_t>(destination, source, context);
    case ElementType::i16:
      return convert_as<std::int16_t>(destination, source, context);
    case ElementType::u32:
      return convert_as<std::uint32_t>(destination, source, context);
    case ElementType::i32:
      return convert_as<std::int32_t>(destination, source, context);
    case ElementType::f32:
      return convert_as<float>(destination, source, context);
    case ElementType::f16:  // through a double, which holds every element, so that it is rounded once
    case ElementType::f64:
      return convert_as<double>(destination, source, context);
  }
}

void fill(const AnyView& destination, const AnyConstView& source, const Context& context) {
  alignas(8) std::array<std::byte, 8> element{};
  convert(AnyView(element.data(), Layout(), destination.format()), source.squeeze(), context);
  switch (destination.format().itemsize()) {
    case 1:
      return fill_with<std::uint8_t>(destination, element.data(), context);
    case 2:
      return fill_with<std::uint16_t>(destination, element.data(), context);
    case 4:
      return fill_with<std::uint32_t>(destination, element.data(), context);
    default:
      return fill_with<std::uint64_t>(destination, element.data(), context);
  }
}

}  // namespace imgbuf::python
