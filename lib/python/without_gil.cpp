#include "python/without_gil.hpp"

#include <chrono>
#include <thread>

namespace imgbuf::python {

bool interpreter_is_gone() noexcept {
#if PY_VERSION_HEX >= 0x030D0000
  return !Py_IsInitialized() || Py_IsFinalizing();
#else
  return !Py_IsInitialized() || _Py_IsFinalizing();
#endif
}

namespace {

/// Whether this thread ends the interpreter: it had the GIL when that had begun already, which no other thread has.
thread_local bool is_ending_thread = false;

bool is_too_late() noexcept {
  return !is_ending_thread && interpreter_is_gone();
}

/// Runs `take`, which takes the GIL. Only daemon threads come here once the interpreter is gone: the finalising thread
/// holds the GIL. CPython ends those that are already waiting for it, by an unwinding that may pass no `noexcept`
/// function and no handler: it stops here, and the thread waits.
template <class F>
auto taken(F take) {
  if (is_too_late()) wait_for_the_end_of_the_process();
  try {
    return take();
  } catch (...) {
    wait_for_the_end_of_the_process();
  }
}

}  // namespace

void wait_for_the_end_of_the_process() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

PyObject* call_while_interpreter_lives(PyObject* callable, PyObject* arguments) {
  try {
    return PyObject_CallObject(callable, arguments);
  } catch (...) {  // nothing else is thrown through C
    wait_for_the_end_of_the_process();
  }
}

WithoutGil::WithoutGil() noexcept : state_(nullptr) {
  is_ending_thread = is_ending_thread || interpreter_is_gone();
  state_ = PyEval_SaveThread();
}

WithoutGil::~WithoutGil() {
  taken([this] { PyEval_RestoreThread(state_); });
}

WithGil::WithGil() : state_(taken([] { return PyGILState_Ensure(); })) {}

WithGil::~WithGil() {
  // The stack is unwound from Python code that was running when the interpreter ended.
  if (is_too_late()) wait_for_the_end_of_the_process();
  PyGILState_Release(state_);
}

}  // namespace imgbuf::python
