#pragma once

#include <pybind11/pybind11.h>

#include <optional>

#include "python/py_image.hpp"

namespace imgbuf::python {

/// `Image.to_pillow`. @param copy  true: always; none: where it must, with a warning; false: never
/// @throws Error{unsupported, invalid_argument} when Pillow has no such images; Error{copy_required}
pybind11::object to_pillow(const PyImage& image, std::optional<bool> copy);

}  // namespace imgbuf::python
