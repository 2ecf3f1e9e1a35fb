#pragma once

#include "python/py_image.hpp"

namespace imgbuf::python {

/// Whether the elements are those of Pillow's mode "1": bytes of which 0 is black and every other value is white.
/// Their channel is called "bilevel" for that.
[[nodiscard]] bool is_bilevel(const PyImage& image);

/// Lets pass what gray samples from 0 to 255 say as well. Looks at every element of a bilevel image and at none of
/// others; needs no GIL.
/// @throws Error{unsupported} for other values than 0 and 255, whose white would become a gray
void require_same_as_gray(const PyImage& image);

}  // namespace imgbuf::python
