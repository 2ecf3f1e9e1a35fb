#pragma once

#include <pybind11/pybind11.h>

#include "imgbuf/array.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf::python {

/// The elements of a Python value that is to be assigned to elements of a format, in memory of its own or shared with
/// the value: a number, an image, an object with the buffer protocol or `__array__` (64-bit integers included), or
/// nested lists, tuples and ranges of all these. `convert` to that format then changes no value, floating point aside,
/// which is rounded and overflows to infinity.
/// @throws OverflowError naming an integer that elements of the format do not hold; TypeError (Error{format_mismatch}
///         for arrays) for floats that are to go into integers and for what is no number; Error{invalid_argument} for
///         lists of unequal lengths and items of unequal shapes; Error{unsupported} for arrays of types that imgbuf does not hold
Array assigned_value(const pybind11::handle& value, Format target);

}  // namespace imgbuf::python
