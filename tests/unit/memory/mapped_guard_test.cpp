#include "imgbuf/mapped_guard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <thread>
#include <vector>

#include "imgbuf/function_ref.hpp"
#include "memory/guarded_map.hpp"
#include "memory/mapping.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {
namespace {

using memory::GuardedMap;

/// A file of whole pages of ones and its map.
struct MappedPages {
  explicit MappedPages(const std::string& path, std::size_t pages = 4)
      : name(path), bytes(pages * memory::page_bytes()) {
    write_file(path, std::vector<std::byte>(bytes, std::byte{1}));
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    map = GuardedMap::of(fd, bytes);
    ::close(fd);
  }
  [[nodiscard]] int at_page(std::size_t page) const {
    const volatile std::byte* const first = map->bytes().data();  // read even if nobody asks for the value
    return static_cast<int>(first[page * memory::page_bytes()]);
  }
  void shorten_to(std::size_t pages) const { std::filesystem::resize_file(name, pages * memory::page_bytes()); }

  std::string name;
  std::size_t bytes;
  std::unique_ptr<GuardedMap> map;
};

/// What a child process that runs `body` ends by: its exit status, or minus the number of a signal.
int end_of_child(FunctionRef<void()> body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGBUS, SIG_DFL);  // whatever a sanitizer has installed
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST_CASE("mapped guard: pages that a shortened file has no more are zeros, and the map says so") {
  const TemporaryDirectory folder;
  const MappedGuard guard;
  const MappedPages file(folder / "file");
  const MappedPages other(folder / "other");
  CHECK(file.at_page(3) == 1);
  CHECK_FALSE(file.map->has_lost_pages());
  file.shorten_to(1);
  CHECK(file.at_page(0) == 1);
  CHECK_FALSE(file.map->has_lost_pages());
  CHECK(file.at_page(2) == 0);
  CHECK(file.map->has_lost_pages());
  CHECK(file.at_page(1) == 0);
  CHECK(file.at_page(3) == 0);
  CHECK(other.at_page(3) == 1);
  CHECK_FALSE(other.map->has_lost_pages());
}

TEST_CASE("mapped guard: a slot that is used again begins without losses") {
  const TemporaryDirectory folder;
  const MappedGuard guard;
  {
    const MappedPages file(folder / "file");
    file.shorten_to(0);
    CHECK(file.at_page(0) == 0);
    CHECK(file.map->has_lost_pages());
  }
  const MappedPages file(folder / "file");
  CHECK(file.at_page(0) == 1);
  CHECK_FALSE(file.map->has_lost_pages());
}

TEST_CASE("mapped guard: threads lose pages of many files at once") {
  const TemporaryDirectory folder;
  const MappedGuard guard;
  std::vector<std::unique_ptr<MappedPages>> files;
  for (int i = 0; i < 16; ++i) files.push_back(std::make_unique<MappedPages>(folder / std::to_string(i)));
  for (std::size_t i = 0; i < files.size(); i += 2) files[i]->shorten_to(2);
  std::vector<std::thread> threads;
  std::vector<int> sums(files.size());
  for (std::size_t t = 0; t < files.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t page = 0; page < 4; ++page) sums[t] += files[t / 2]->at_page(page);
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < files.size(); ++t) {
    CAPTURE(t);
    CHECK(sums[t] == (t / 2 % 2 == 0 ? 2 : 4));
  }
}

TEST_CASE("mapped guard: who has none dies, also after the last has gone") {
  const TemporaryDirectory folder;
  const auto touch_lost = [&] {
    const MappedPages file(folder / "file");
    file.shorten_to(1);
    (void)file.at_page(3);
  };
  CHECK(end_of_child(touch_lost) == -SIGBUS);
  CHECK(end_of_child([&] {
          {
            const MappedGuard first;
            const MappedGuard second;
            touch_lost();
          }
          touch_lost();
        }) == -SIGBUS);
  CHECK(end_of_child([&] {
          const MappedGuard outer;
          { const MappedGuard inner; }
          touch_lost();
        }) == 0);
}

TEST_CASE("mapped guard: every other SIGBUS goes to who had it before") {
  const TemporaryDirectory folder;
  const auto touch_foreign = [&] {
    const MappedPages file(folder / "file");
    const int fd = ::open(file.name.c_str(), O_RDONLY);
    void* const data = ::mmap(nullptr, file.bytes, PROT_READ, MAP_SHARED, fd, 0);
    file.shorten_to(1);
    (void)std::to_integer<int>(static_cast<const volatile std::byte*>(data)[2 * memory::page_bytes()]);
  };
  SECTION("nobody") {
    CHECK(end_of_child([&] {
            const MappedGuard guard;
            touch_foreign();
          }) == -SIGBUS);
    CHECK(end_of_child([] {
            const MappedGuard guard;
            ::raise(SIGBUS);
          }) == -SIGBUS);
  }
  SECTION("a handler") {
    CHECK(end_of_child([&] {
            std::signal(SIGBUS, [](int) { ::_exit(42); });
            const MappedGuard guard;
            touch_foreign();
          }) == 42);
  }
  SECTION("a handler that wants to know where") {
    CHECK(end_of_child([&] {
            struct sigaction action {};
            action.sa_sigaction = [](int, siginfo_t* info, void*) { ::_exit(info->si_addr != nullptr ? 43 : 1); };
            action.sa_flags = SA_SIGINFO;
            ::sigaction(SIGBUS, &action, nullptr);
            const MappedGuard guard;
            touch_foreign();
          }) == 43);
  }
  SECTION("one that was sent and is ignored") {
    CHECK(end_of_child([&] {
            std::signal(SIGBUS, SIG_IGN);
            const MappedGuard guard;
            ::raise(SIGBUS);
          }) == 0);
  }
}

TEST_CASE("mapped guard: a handler that was installed later stays, and may call the guard's") {
  const TemporaryDirectory folder;
  static struct sigaction guards {};
  CHECK(end_of_child([&] {
          {
            const MappedGuard guard;
            ::sigaction(SIGBUS, nullptr, &guards);
            struct sigaction action {};
            action.sa_sigaction = [](int number, siginfo_t* info, void* context) {
              guards.sa_sigaction(number, info, context);
            };
            action.sa_flags = SA_SIGINFO;
            ::sigaction(SIGBUS, &action, nullptr);
            const MappedPages file(folder / "file");
            file.shorten_to(1);
            if (file.at_page(2) != 0) ::_exit(1);
          }
          const MappedGuard again;
          const MappedPages file(folder / "file");
          file.shorten_to(1);
          if (file.at_page(2) != 0) ::_exit(2);
          struct sigaction now {};
          ::sigaction(SIGBUS, nullptr, &now);
          if (now.sa_sigaction == guards.sa_sigaction) ::_exit(3);
        }) == 0);
}

}  // namespace
}  // namespace imgbuf::test
