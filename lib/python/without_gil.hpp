#pragma once

#include <Python.h>

namespace imgbuf::python {

/// Releases the GIL for a scope. Not pybind11's class: its destructor ends the whole process when the thread is a daemon
/// and the interpreter is being finalised meanwhile, because CPython then ends the thread inside of it.
class WithoutGil {
 public:
  WithoutGil() noexcept : state_(PyEval_SaveThread()) {}
  /// A thread that comes back after the interpreter is gone waits for the end of the process, as CPython's own do from
  /// version 3.14 on.
  ~WithoutGil();
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  PyThreadState* state_;
};

/// Takes the GIL for a scope, on any thread. A thread that wants it after the interpreter is gone waits for the end of the
/// process.
class WithGil {
 public:
  WithGil();
  ~WithGil() { PyGILState_Release(state_); }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  PyGILState_STATE state_;
};

/// Whether no Python code can run any more.
bool interpreter_is_gone() noexcept;

}  // namespace imgbuf::python
