#pragma once

#include <pybind11/pybind11.h>

#include "python/py_image.hpp"

namespace imgbuf::python {

/// What an index expression selects.
struct Selection {
  PyImage image;
  bool is_element = false;  ///< every axis was indexed by an integer and there was no "...": a number, not an image
};

/// The slice that Python's is; ends that were left out are clamped like others. @throws ValueError for a step of 0
Slice slice_of(const pybind11::handle& item);

/// Selects by NumPy's basic indexing: integers, slices, None, "..." or a tuple of them.
/// @throws IndexError for an integer outside, too many indices, two ellipses; TypeError saying what to use instead
///         for any other index; ValueError for a step of 0
/// @see https://numpy.org/doc/stable/user/basics.indexing.html#basic-indexing
Selection select(const PyImage& image, const pybind11::handle& key);

}  // namespace imgbuf::python
