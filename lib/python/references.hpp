#pragma once

#include <Python.h>

#include <memory>

namespace imgbuf::python {

/// What keeps a Python object alive as a segment's keeper: a reference that may be released on any thread, with or
/// without the GIL. Once the interpreter is gone it is leaked deliberately.
/// @param object  whose reference is taken over; not null
std::shared_ptr<void> keep(PyObject* object);

/// What keeps a foreign buffer: the `Py_buffer` is released exactly once, as above.
/// @param view  filled in by `PyObject_GetBuffer`, taken over also when memory runs out
std::shared_ptr<Py_buffer> keep(const Py_buffer& view);

/// What keeps something that another library gave: `release` is called with it exactly once, as above, holding the GIL
/// (which it may take again).
/// @param object  taken over also when memory runs out; not null
std::shared_ptr<void> keep_foreign(void* object, void (*release)(void*) noexcept);

}  // namespace imgbuf::python
