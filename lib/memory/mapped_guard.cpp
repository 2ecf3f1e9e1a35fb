#include "imgbuf/mapped_guard.hpp"

#include <sys/mman.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

#include "base/out_of_memory.hpp"
#include "memory/guarded_range.hpp"
#include "memory/mapping.hpp"

namespace imgbuf {

namespace memory {

/// Slots are used again and never freed, so that the handler may walk their list at any time.
struct GuardedRange::Slot {
  std::atomic<unsigned> version{0};  ///< odd while the range changes
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<bool> has_lost_pages{false};
  bool is_used = false;  ///< under `slots_mutex`
  Slot* next = nullptr;

  void set(std::uintptr_t first, std::uintptr_t last) noexcept {
    version.fetch_add(1);
    begin.store(first);
    end.store(last);
    version.fetch_add(1);
  }

  /// The range's end when it holds an address, else 0. A range that changes meanwhile is not the one that a thread is
  /// reading in.
  [[nodiscard]] std::uintptr_t end_around(std::uintptr_t address) const noexcept {
    const unsigned before = version.load();
    const std::uintptr_t first = begin.load();
    const std::uintptr_t last = end.load();
    const bool is_whole = before % 2 == 0 && version.load() == before;
    return is_whole && first <= address && address < last ? last : 0;
  }
};

namespace {

using Slot = GuardedRange::Slot;

std::mutex slots_mutex;
std::atomic<Slot*> first_slot{nullptr};
std::atomic<std::uintptr_t> page_size{0};

Slot& unused_slot() {
  const std::lock_guard lock(slots_mutex);
  for (Slot* slot = first_slot.load(); slot != nullptr; slot = slot->next) {
    if (slot->is_used) continue;
    slot->is_used = true;
    return *slot;
  }
  Slot* const slot = base::or_out_of_memory([] { return new Slot; });
  slot->is_used = true;
  slot->next = first_slot.load();
  first_slot.store(slot);
  return *slot;
}

}  // namespace

GuardedRange::GuardedRange(std::byte* data, std::size_t bytes) : slot_(unused_slot()) {
  page_size.store(page_bytes());
  slot_.has_lost_pages.store(false);
  const auto first = reinterpret_cast<std::uintptr_t>(data);
  slot_.set(first, first + round_up(bytes, page_bytes()));
}

GuardedRange::~GuardedRange() {
  slot_.set(0, 0);
  const std::lock_guard lock(slots_mutex);
  slot_.is_used = false;
}

bool GuardedRange::has_lost_pages() const noexcept {
  return slot_.has_lost_pages.load();
}

}  // namespace memory

namespace {

using memory::GuardedRange;

std::mutex guards_mutex;
std::atomic<int> guard_count{0};
bool is_installed = false;  ///< under `guards_mutex`
/// Written before our handler is there to read it.
struct sigaction previous {};

/// mmap is not on POSIX' list of what handlers may call, but a bare system call wherever it exists. Where it can be made
/// directly, it is: whoever stands before libc's (a sanitizer, a preloaded allocator) need not be fit for handlers, nor
/// know that other threads may read these pages meanwhile, which get zeros or fault and come here too.
bool map_zeros(std::uintptr_t begin, std::size_t bytes) noexcept {
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
#if defined(__linux__) && defined(SYS_mmap) && defined(__LP64__)
  return ::syscall(SYS_mmap, begin, bytes, PROT_READ, flags, -1, 0) != -1;
#else
  return ::mmap(reinterpret_cast<void*>(begin), bytes, PROT_READ, flags, -1, 0) != MAP_FAILED;
#endif
}

/// Zeros take the place of a guarded range's pages from the one with this address on: behind the end of a shortened
/// file there is nothing either, and two ranges are fewer than one a page.
bool replace_pages(std::uintptr_t address) noexcept {
  for (GuardedRange::Slot* slot = memory::first_slot.load(); slot != nullptr; slot = slot->next) {
    const std::uintptr_t end = slot->end_around(address);
    if (end == 0) continue;
    slot->has_lost_pages.store(true);
    const std::uintptr_t page = address - address % memory::page_size.load();
    return map_zeros(page, end - page);
  }
  return false;
}

void pass_on(int number, siginfo_t* info, void* context, bool is_fault) noexcept {
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(number);
  } else if (is_fault || previous.sa_handler == SIG_DFL) {
    // Comes when this handler returns.
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

extern "C" void on_bus_error(int number, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const bool is_fault = info->si_code > 0;  // and was not sent by a process
  const bool is_ours = is_fault && guard_count.load() > 0;
  if (!is_ours || !replace_pages(reinterpret_cast<std::uintptr_t>(info->si_addr)))
    pass_on(number, info, context, is_fault);
  errno = saved_errno;
}

}  // namespace

MappedGuard::MappedGuard() {
  const std::lock_guard lock(guards_mutex);
  ++guard_count;
  if (is_installed) return;
  ::sigaction(SIGBUS, nullptr, &previous);
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  is_installed = ::sigaction(SIGBUS, &action, nullptr) == 0;
}

MappedGuard::~MappedGuard() {
  const std::lock_guard lock(guards_mutex);
  if (--guard_count > 0 || !is_installed) return;
  struct sigaction now {};
  ::sigaction(SIGBUS, nullptr, &now);
  // A later handler may call ours, which then passes everything on.
  if ((now.sa_flags & SA_SIGINFO) == 0 || now.sa_sigaction != on_bus_error) return;
  ::sigaction(SIGBUS, &previous, nullptr);
  is_installed = false;
}

}  // namespace imgbuf
