#pragma once

#include <pthread.h>

#include <mutex>

namespace imgbuf::memory {

/// Keeps the mutex that `get` returns usable in a child of `fork()`: the forking thread holds it meanwhile, so that no
/// other thread's hold, and no half-made change under it, is copied into the child. To be called once a mutex.
template <std::mutex& (*get)()>
void survive_fork() noexcept {
  // Without memory for three more pointers a child may deadlock, which it also would without this call.
  (void)pthread_atfork([] { get().lock(); }, [] { get().unlock(); }, [] { get().unlock(); });
}

}  // namespace imgbuf::memory
