#pragma once

#include <pybind11/pybind11.h>

namespace imgbuf::python {

/// Lets `img[3, 4, 0]` and `img[3, 4, 0] = 255` read and write one element at once. Every other key and value goes on
/// to the `__getitem__` and `__setitem__` of the class, which mean the same for these too.
/// @param image  `imgbuf.Image`, with all its methods
/// @pre called once
void make_element_access_direct(const pybind11::handle& image);

}  // namespace imgbuf::python
