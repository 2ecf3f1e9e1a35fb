#pragma once

#include <pybind11/pybind11.h>

#include "imgbuf/array.hpp"

namespace imgbuf::python {

/// @throws Error{invalid_argument} when the memory may not be written
void require_writable(const Array& array);

/// Sets all elements of `target` to a Python value, repeated by NumPy's broadcasting; axes of extent 1 before those
/// of the target are left out. All or nothing.
/// @throws as `assigned_value`; Error{invalid_argument} when the array is read-only, repeats an element, or the
///         shapes do not fit
void assign(const Array& target, const pybind11::handle& value);

}  // namespace imgbuf::python
