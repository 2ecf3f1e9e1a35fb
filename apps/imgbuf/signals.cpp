#include "signals.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>

namespace imgbuf::cli {

namespace {

std::atomic<Context*> cancelled_context{nullptr};
std::atomic<int> signal_number{0};
std::atomic<int> pipe_input{-1};
std::atomic<int> pipe_output{-1};

extern "C" void on_signal(int number) {
  const int saved_errno = errno;
  signal_number.store(number);
  if (Context* context = cancelled_context.load()) context->cancel();
  const char byte = 0;
  // A full pipe is as readable as can be.
  [[maybe_unused]] const ssize_t written = ::write(pipe_input.load(), &byte, 1);
  errno = saved_errno;
}

void open_pipe() {
  if (pipe_output.load() >= 0) return;
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return;
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  pipe_output.store(ends[0]);
  pipe_input.store(ends[1]);
}

void handle(int number, struct sigaction& old) {
  ::sigaction(number, nullptr, &old);
  if (old.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

CancelOnSignal::CancelOnSignal(Context& context) {
  open_pipe();
  cancelled_context.store(&context);
  handle(SIGINT, old_interrupt_);
  handle(SIGTERM, old_terminate_);
  handle(SIGHUP, old_hang_up_);
}

CancelOnSignal::~CancelOnSignal() {
  ::sigaction(SIGINT, &old_interrupt_, nullptr);
  ::sigaction(SIGTERM, &old_terminate_, nullptr);
  ::sigaction(SIGHUP, &old_hang_up_, nullptr);
  cancelled_context.store(nullptr);
}

int received_signal() noexcept {
  return signal_number.load();
}

int signal_descriptor() noexcept {
  return pipe_output.load();
}

void die_by_received_signal() {
  const int number = received_signal();
  if (number == 0) return;
  std::signal(number, SIG_DFL);
  std::raise(number);
}

}  // namespace imgbuf::cli
