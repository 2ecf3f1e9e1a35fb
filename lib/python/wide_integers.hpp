#pragma once

#include <Python.h>

#include <memory>
#include <optional>
#include <string_view>

#include "imgbuf/array.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf::python {

/// 64-bit integers, which imgbuf reads from arrays but does not hold.
struct WideIntegers {
  bool is_signed = true;
  ByteOrder order = native_byte_order;
};

/// What a format of one 64-bit integer says ("l", "<q"); none for any other format.
std::optional<WideIntegers> parse_wide_integers(std::string_view pep3118) noexcept;

/// The integers of a buffer as a new array of `f64`, which `target` holds exactly or, for floating point, to its
/// nearest value. Needs the GIL and releases it.
/// @throws std::overflow_error naming an integer that elements of `target` cannot hold; otherwise as `array_over`
Array narrowed(std::shared_ptr<Py_buffer> buffer, const WideIntegers& integers, ElementType target);

}  // namespace imgbuf::python
