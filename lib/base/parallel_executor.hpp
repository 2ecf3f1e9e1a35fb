#pragma once

#include <memory>

#include "imgbuf/executor.hpp"

namespace imgbuf::base {

/// The most threads that are of use on this machine.
[[nodiscard]] int useful_threads() noexcept;

/// An executor over `threads` threads, 2 to `useful_threads()`: oneTBB's, or plain ones in a build without it.
[[nodiscard]] std::unique_ptr<Executor> make_parallel_executor(int threads);

}  // namespace imgbuf::base
