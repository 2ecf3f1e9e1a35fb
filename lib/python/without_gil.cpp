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

[[noreturn]] void wait_for_the_end_of_the_process() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

/// Runs `take`, which takes the GIL. Only daemon threads come here once the interpreter is gone: the finalising thread
/// holds the GIL. CPython ends those that are already waiting for it, by an unwinding that may pass no `noexcept`
/// function and no handler: it stops here, and the thread waits.
template <class F>
auto taken(F take) {
  if (interpreter_is_gone()) wait_for_the_end_of_the_process();
  try {
    return take();
  } catch (...) {
    wait_for_the_end_of_the_process();
  }
}

}  // namespace

WithoutGil::~WithoutGil() {
  taken([this] { PyEval_RestoreThread(state_); });
}

WithGil::WithGil() : state_(taken([] { return PyGILState_Ensure(); })) {}

}  // namespace imgbuf::python
