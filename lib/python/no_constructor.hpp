#pragma once

#include <pybind11/pybind11.h>

namespace imgbuf::python {

/// Refuses `__new__`, whose instance would hold nothing.
PyObject* refuse_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords) noexcept;

/// Makes a class one whose instances only functions of the module make.
inline pybind11::custom_type_setup no_constructor() {
  return pybind11::custom_type_setup([](PyHeapTypeObject* type) { type->ht_type.tp_new = refuse_new; });
}

}  // namespace imgbuf::python
