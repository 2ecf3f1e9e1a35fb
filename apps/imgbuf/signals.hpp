#pragma once

#include <csignal>

#include "imgbuf/context.hpp"

namespace imgbuf::cli {

/// While it lives, the first SIGINT, SIGTERM or SIGHUP cancels a context instead of ending the process, so that
/// temporary files are removed; a second one ends it at once. A signal that was ignored before stays ignored. One at a
/// time.
class CancelOnSignal {
 public:
  /// @param context  outlives this
  explicit CancelOnSignal(Context& context);
  CancelOnSignal(const CancelOnSignal&) = delete;
  CancelOnSignal& operator=(const CancelOnSignal&) = delete;
  ~CancelOnSignal();

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
  struct sigaction old_hang_up_ {};
};

/// The signal that came, or 0.
[[nodiscard]] int received_signal() noexcept;
/// A descriptor that becomes readable when a signal came, for waiting on input that may never come; -1 when there is
/// none.
[[nodiscard]] int signal_descriptor() noexcept;
/// Ends the process by the signal that came, as its parent expects. Returns when none came.
void die_by_received_signal();

}  // namespace imgbuf::cli
