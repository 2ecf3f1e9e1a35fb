#pragma once

#include <pybind11/pybind11.h>

#include "python/without_gil.hpp"

namespace imgbuf::python {

/// callable(*arguments), where a thread that works without the GIL has taken it for that: see
/// `call_while_interpreter_lives`. @throws pybind11::error_already_set with what the callable raised
inline pybind11::object call_python(const pybind11::object& callable, const pybind11::tuple& arguments) {
  PyObject* const result = call_while_interpreter_lives(callable.ptr(), arguments.ptr());
  if (!result) throw pybind11::error_already_set();
  return pybind11::reinterpret_steal<pybind11::object>(result);
}

}  // namespace imgbuf::python
