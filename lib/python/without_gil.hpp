#pragma once

#include <Python.h>

namespace imgbuf::python {

/// Releases the GIL for a scope. Not pybind11's class: its destructor ends the whole process when the thread is a daemon
/// and the interpreter is being finalised meanwhile, because CPython then ends the thread inside of it.
class WithoutGil {
 public:
  WithoutGil() noexcept;
  /// A thread that comes back after the interpreter is gone waits for the end of the process, as CPython's own do from
  /// version 3.14 on. Not the thread that ends the interpreter, in whose last calls this may be.
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
  ~WithGil();
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  PyGILState_STATE state_;
};

/// Calls a Python object: where a thread without the GIL runs Python code of others, which may still run when the
/// interpreter ends. CPython then unwinds the thread's stack out of that code, which would end in destructors that need
/// the GIL: instead, the thread waits for the end of the process.
/// @return a new reference, or null with an exception set
PyObject* call_while_interpreter_lives(PyObject* callable, PyObject* arguments);

/// Ends an unwinding of the stack that CPython began because the interpreter has ended: waits for the end of the
/// process. To be called in the handler that it meets first.
[[noreturn]] void wait_for_the_end_of_the_process();

/// Whether no Python code can run any more.
bool interpreter_is_gone() noexcept;

}  // namespace imgbuf::python
