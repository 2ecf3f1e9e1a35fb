#pragma once

#include "imgbuf/handoff.hpp"
#include "python/py_image.hpp"

namespace imgbuf::python {

/// Says with a CopyWarning what is going to be copied and why. @throws the warning, where warnings are errors
void warn_of_copy(const Handoff& handoff);

/// How an image gets to Pillow. @throws Error{unsupported, invalid_argument} when Pillow has no such images
Handoff explain_pillow(const PyImage& image);

}  // namespace imgbuf::python
