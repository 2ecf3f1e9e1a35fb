#pragma once

#include <cstdint>
#include <string>

#include "imgbuf/array.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf::python {

/// The integers that elements of a type hold.
struct IntegerRange {
  std::int64_t least = 0;
  std::int64_t most = 0;

  [[nodiscard]] bool holds(std::int64_t value) const noexcept { return least <= value && value <= most; }
};

/// @pre the type is no floating point
[[nodiscard]] IntegerRange range_of(ElementType type) noexcept;

/// @throws std::overflow_error (OverflowError): `value` does not fit elements of a type
[[noreturn]] void refuse_integer(const std::string& value, ElementType type);

/// @throws std::overflow_error naming an element that elements of `target` cannot hold
/// @pre both are integers
void require_fits(const Array& integers, ElementType target);

}  // namespace imgbuf::python
