#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <string>

#include "python/py_image.hpp"

namespace imgbuf::python {

/// Whether an object stands for an integer index: it has `__index__` and is no truth value.
bool is_integer(const pybind11::handle& object);

/// An integer that an extent was indexed with, counted from the start.
/// @param what  of which there are `extent`, for the message: "axis 1"
/// @throws IndexError when it is outside; what `__index__` raises
std::ptrdiff_t index_argument(const pybind11::handle& index, std::ptrdiff_t extent, const std::string& what);

/// The axis that a caller means by a number, negative ones counting from the last, or by a name.
/// @throws IndexError when there is no such number; Error{invalid_argument} naming the axes when there is no such name;
///         TypeError for anything else
int axis_argument(const PyImage& image, const pybind11::handle& axis);

}  // namespace imgbuf::python
