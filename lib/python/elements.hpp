#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>

#include "python/py_image.hpp"

namespace imgbuf::python {

/// The elements as nested lists of int or float, a single element as itself.
pybind11::object to_list(const PyImage& image);

/// The elements as packed bytes. @param order  "C", "F" or "A" as `memoryview.tobytes` has it; none for "C"
/// @throws Error{invalid_argument} for another order
pybind11::bytes to_bytes(const PyImage& image, const std::optional<std::string>& order);

}  // namespace imgbuf::python
