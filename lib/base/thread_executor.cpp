#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/parallel_executor.hpp"

namespace imgbuf::base {

namespace {

/// Starts its threads for each call. For builds without oneTBB, and for ThreadSanitizer, which cannot see into oneTBB.
class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(int threads) : threads_(threads) {}
  [[nodiscard]] int concurrency() const noexcept override { return threads_; }

  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    std::atomic<std::ptrdiff_t> next{0};
    std::mutex mutex;
    std::exception_ptr first_error;
    const auto work = [&] {
      try {
        for (std::ptrdiff_t i = next++; i < count; i = next++) body(i);
      } catch (...) {
        next = count;
        const std::lock_guard lock(mutex);
        if (!first_error) first_error = std::current_exception();
      }
    };
    {
      std::vector<std::jthread> others;
      for (std::ptrdiff_t t = 1; t < std::min<std::ptrdiff_t>(threads_, count); ++t) others.emplace_back(work);
      work();
    }
    if (first_error) std::rethrow_exception(first_error);
  }

 private:
  int threads_;
};

}  // namespace

int useful_threads() noexcept {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

std::unique_ptr<Executor> make_parallel_executor(int threads) {
  return std::make_unique<ThreadExecutor>(threads);
}

}  // namespace imgbuf::base
