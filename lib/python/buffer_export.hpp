#pragma once

#include <Python.h>

#include "imgbuf/array.hpp"
#include "imgbuf/error.hpp"
#include "python/no_constructor.hpp"

namespace imgbuf::python {

/// Answers `PyObject_GetBuffer` for an array. Every request flag means what CPython's documentation says; `suboffsets`
/// is NULL when no axis has one. The array stays alive as long as the buffer.
/// @param exporter  becomes `view->obj`
/// @param flags     of `PyObject_GetBuffer`
/// @return 0, or -1 with BufferError set (for what the flags cannot take) and `view->obj` NULL
/// @see https://docs.python.org/3/c-api/buffer.html#buffer-request-types
int export_buffer(PyObject* exporter, const Array& array, Py_buffer* view, int flags) noexcept;

/// Gives back what `export_buffer` filled in: `bf_releasebuffer`.
void release_buffer(PyObject* exporter, Py_buffer* view) noexcept;

/// Sets BufferError for what an error says and clears the view, for a `bf_getbuffer` that fails.
int refuse_buffer(Py_buffer* view, const char* reason) noexcept;

/// For `pybind11::custom_type_setup`: makes a type export buffers, whose instances only functions of the module make.
template <getbufferproc get_buffer>
void exports_buffer(PyHeapTypeObject* type) noexcept {
  type->as_buffer.bf_getbuffer = get_buffer;
  type->as_buffer.bf_releasebuffer = release_buffer;
  type->ht_type.tp_as_buffer = &type->as_buffer;
  type->ht_type.tp_new = refuse_new;
}

}  // namespace imgbuf::python
