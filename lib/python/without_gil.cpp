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

WithoutGil::~WithoutGil() noexcept(false) {
  // Only daemon threads can be here then: the finalising thread holds the GIL.
  while (interpreter_is_gone()) std::this_thread::sleep_for(std::chrono::hours(1));
  PyEval_RestoreThread(state_);
}

}  // namespace imgbuf::python
