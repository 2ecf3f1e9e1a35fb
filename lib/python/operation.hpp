#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <string>
#include <vector>

#include "imgbuf/context.hpp"

namespace imgbuf::python {

/// Lets Python handle signals (Ctrl-C) during a call that runs without the GIL.
class SignalCheck {
 public:
  /// Runs the handlers of signals that came, if this is the main thread, and not more often than every few hundredths
  /// of a second: taking the GIL may mean to wait for another thread.
  /// @throws pybind11::error_already_set with what a handler raised
  void operator()();

 private:
  using Clock = std::chrono::steady_clock;

  Clock::time_point next_ = Clock::now() + interval;
  static constexpr std::chrono::milliseconds interval{50};
};

/// One call that reads or writes a picture: a context whose progress goes to a Python callable, which handles signals
/// and keeps warnings. Made and destroyed with the GIL; the work in between runs without it, on the calling thread.
class Operation {
 public:
  /// @param progress  called as progress(rows_done, rows_total); what it raises ends the operation. Or None.
  explicit Operation(pybind11::object progress);
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  [[nodiscard]] Context& context() noexcept { return context_; }
  /// Lives as long as the operation.
  [[nodiscard]] SignalCheck& signals() noexcept { return signals_; }

  /// Says everything that was warned of as `imgbuf.LossWarning`. Called with the GIL.
  /// @throws pybind11::error_already_set when the user makes warnings exceptions
  void say_warnings();

 private:
  pybind11::object progress_;
  SignalCheck signals_;
  std::vector<std::string> warnings_;
  Context context_;
};

}  // namespace imgbuf::python
