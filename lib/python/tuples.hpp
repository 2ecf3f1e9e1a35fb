#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>

namespace imgbuf::python {

/// A tuple of the values of a range with size() and [].
template <class Range>
pybind11::tuple tuple_of(const Range& values) {
  pybind11::tuple result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) result[i] = pybind11::cast(values[i]);
  return result;
}

}  // namespace imgbuf::python
