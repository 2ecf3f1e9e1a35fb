#pragma once

#include <pybind11/pybind11.h>

namespace imgbuf::python {

/// Makes the objects of a class values: equal, with equal hashes, when their fields are.
/// @param fields  function of a `T`: its fields as a tuple of Python values
template <class T, class Fields>
void make_value_class(pybind11::class_<T>& type, Fields fields) {
  namespace py = pybind11;
  type.def(
      "__eq__", [fields](const T& self, const T& other) { return fields(self).equal(fields(other)); },
      py::is_operator());
  type.def("__hash__", [fields](const T& self) { return py::hash(fields(self)); });
}

}  // namespace imgbuf::python
