#pragma once

#include <pybind11/pybind11.h>

#include "imgbuf/format.hpp"

namespace imgbuf::python {

/// A Python number as the double that becomes the element nearest to it: exact when elements are integers, rounded once
/// when they are floating point (too large a float is infinity in smaller elements).
/// @throws OverflowError for an integer that elements do not hold, of floating point one that no double reaches;
///         TypeError for a float that is to go into integers, and for what is no number
double number_for(const pybind11::handle& value, ElementType elements);

}  // namespace imgbuf::python
