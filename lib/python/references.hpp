#pragma once

#include <Python.h>

#include <memory>

namespace imgbuf::python {

/// What keeps a Python object alive as a segment's keeper: a reference that may be released on any thread, with or
/// without the GIL. Once the interpreter is gone it is leaked deliberately.
/// @param object  whose reference is taken over; not null
std::shared_ptr<void> keep(PyObject* object);

/// The buffer of an object, which is released exactly once, as above. It stays where `PyObject_GetBuffer` filled it in:
/// shape and strides of simple exporters are fields of the `Py_buffer` itself.
/// @throws pybind11::error_already_set with what the exporter raises
std::shared_ptr<Py_buffer> hold_buffer(PyObject* exporter, int flags);

/// What keeps something that another library gave: `release` is called with it exactly once, as above, holding the GIL
/// (which it may take again).
/// @param object  taken over also when memory runs out; not null
std::shared_ptr<void> keep_foreign(void* object, void (*release)(void*) noexcept);

}  // namespace imgbuf::python
