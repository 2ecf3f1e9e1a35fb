#pragma once

#include <pybind11/pybind11.h>

#include "imgbuf/format.hpp"

namespace imgbuf::python {

/// The element format that a caller means: a code of the struct module ("B", ">H"), a type in NumPy's letters ("u2",
/// "<f4") or words ("uint16", "float32", "double"), a `numpy.dtype`, or anything that NumPy makes one of (`numpy.uint8`). Where
/// the struct module and NumPy read a text differently, as "<l", it is the struct module's.
/// @throws Error{unsupported} for types that imgbuf does not hold; TypeError for what is no type
Format format_argument(const pybind11::handle& format);

}  // namespace imgbuf::python
