#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "imgbuf/storage.hpp"
#include "memory/physical.hpp"

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

TEST_CASE("a child forked while other threads allocate can allocate and release itself") {
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (int t = 0; t < 2; ++t)
    busy.emplace_back([&stop] {
      while (!stop) {
        const Segment pooled = allocate_segment(std::size_t{4} << 20);
        const Segment shared = allocate_shared_segment(4096);
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
