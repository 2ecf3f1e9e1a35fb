#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "imgbuf/storage.hpp"
#include "memory/physical.hpp"
#include "memory/survive_fork.hpp"

// ThreadSanitizer's own runtime does not survive a fork of several threads.
#if defined(__SANITIZE_THREAD__)
#define IMGBUF_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IMGBUF_TEST_TSAN 1
#endif
#endif
#if !defined(IMGBUF_TEST_TSAN)

namespace {

using namespace imgbuf;

/// The exit status of a child that runs `f` and leaves with what it returns; a child that hangs is killed by its alarm.
template <class F>
int status_of_child(F f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);
    _exit(f());
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("after a fork private memory is copied on write and shared memory is shared") {
  const Segment small = allocate_segment(100);
  const Segment pooled = allocate_segment(std::size_t{5} << 20);
  const Segment shared = allocate_shared_segment(100);
  small.data[0] = pooled.data[0] = shared.data[0] = std::byte{1};
  CHECK(status_of_child([&] {
          if (small.data[0] != std::byte{1} || pooled.data[0] != std::byte{1} || shared.data[0] != std::byte{1})
            return 1;
          small.data[0] = pooled.data[0] = shared.data[0] = std::byte{2};
          return 0;
        }) == 0);
  CHECK(small.data[0] == std::byte{1});
  CHECK(pooled.data[0] == std::byte{1});
  CHECK(shared.data[0] == std::byte{2});
}

std::mutex& guarded_mutex() {
  static std::mutex mutex;
  return mutex;
}

TEST_CASE("a mutex that survives forks is free in the child although a thread of the parent held it") {
  static const bool once = (memory::survive_fork<guarded_mutex>(), true);
  CHECK(once);
  std::atomic<bool> is_held{false};
  std::thread holder([&is_held] {
    const std::lock_guard lock(guarded_mutex());
    is_held = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the fork falls into it, and waits
  });
  while (!is_held) std::this_thread::yield();
  CHECK(status_of_child([] { return guarded_mutex().try_lock() ? 0 : 1; }) == 0);
  holder.join();
  CHECK(guarded_mutex().try_lock());
  guarded_mutex().unlock();
}

TEST_CASE("a child forked while other threads allocate can allocate and release itself") {
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (int t = 0; t < 2; ++t)
    busy.emplace_back([&stop] {
      while (!stop) {
        {
          const Segment pooled = allocate_segment(std::size_t{4} << 20);
          std::memset(pooled.data, 1, pooled.bytes);
          const Segment shared = allocate_shared_segment(4096);
        }
        release_pooled_memory();  // returns pages while it holds the pool
      }
    });
  int failed = 0;
  for (int n = 0; n < 200; ++n)
    failed += status_of_child([] {
                const Segment pooled = allocate_segment(std::size_t{4} << 20);
                const Segment shared = allocate_shared_segment(4096);
                std::size_t pieces = 0;
                memory::visit_physical(shared.data, 4096, [&](const memory::PhysicalRange&) { ++pieces; });
                release_pooled_memory();
                return pieces == 1 ? 0 : 1;
              }) != 0;
  stop = true;
  for (auto& thread : busy) thread.join();
  CHECK(failed == 0);
  release_pooled_memory();
}

}  // namespace

#endif
