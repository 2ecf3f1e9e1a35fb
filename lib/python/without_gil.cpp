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

/// Only daemon threads can be here once the interpreter is gone: the finalising thread holds the GIL.
void wait_if_interpreter_is_gone() {
  while (interpreter_is_gone()) std::this_thread::sleep_for(std::chrono::hours(1));
}

}  // namespace

WithoutGil::~WithoutGil() noexcept(false) {
  wait_if_interpreter_is_gone();
  PyEval_RestoreThread(state_);
}

WithGil::WithGil() noexcept(false) {
  wait_if_interpreter_is_gone();
  state_ = PyGILState_Ensure();
}

}  // namespace imgbuf::python
