#include "python/references.hpp"

#include <pybind11/pybind11.h>

#include <memory>

#include "python/without_gil.hpp"

namespace imgbuf::python {

namespace {

/// Runs `f` with the GIL and with whatever exception is being handled put aside; not at all without an interpreter.
template <class F>
void with_interpreter(F f) noexcept {
  if (interpreter_is_gone()) return;
  const WithGil locked;
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  f();
  PyErr_Restore(type, value, traceback);
}

}  // namespace

std::shared_ptr<void> keep(PyObject* object) {
  // Should there be no memory for the count, the deleter still runs.
  return std::shared_ptr<void>(
      object, [](void* kept) { with_interpreter([kept] { Py_DECREF(static_cast<PyObject*>(kept)); }); });
}

std::shared_ptr<Py_buffer> hold_buffer(PyObject* exporter, int flags) {
  auto view = std::make_unique<Py_buffer>();
  if (PyObject_GetBuffer(exporter, view.get(), flags) != 0) throw pybind11::error_already_set();
  // Should there be no memory for the count, the deleter still runs.
  return std::shared_ptr<Py_buffer>(view.release(), [](Py_buffer* held) {
    with_interpreter([held] { PyBuffer_Release(held); });
    delete held;
  });
}

std::shared_ptr<void> keep_foreign(void* object, void (*release)(void*) noexcept) {
  return std::shared_ptr<void>(object, [release](void* kept) { with_interpreter([kept, release] { release(kept); }); });
}

}  // namespace imgbuf::python
