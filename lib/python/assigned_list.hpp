#pragma once

#include <pybind11/pybind11.h>

#include "imgbuf/array.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf::python {

/// Whether a value is a list, tuple or range.
bool is_list(const pybind11::handle& value);

/// Whether a value holds elements as an array does: an image, an object with the buffer protocol or `__array__`.
bool is_array_like(const pybind11::handle& value);

/// The elements of nested lists, whose innermost items are numbers and arrays of equal shapes, in memory of their own.
/// @throws Error{invalid_argument} for unequal shapes; otherwise as `assigned_value`
Array assigned_list(const pybind11::handle& list, Format target);

}  // namespace imgbuf::python
