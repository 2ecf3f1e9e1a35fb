#include "python/no_constructor.hpp"

namespace imgbuf::python {

PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  return PyErr_Format(PyExc_TypeError, "%s has no constructor: functions of imgbuf make it", type->tp_name);
}

}  // namespace imgbuf::python
