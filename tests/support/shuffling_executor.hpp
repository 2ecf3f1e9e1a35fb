#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "imgbuf/executor.hpp"

namespace imgbuf::test {

/// As many real threads as it is told, whatever the processors, that take the work in another order every time.
class ShufflingExecutor final : public Executor {
 public:
  explicit ShufflingExecutor(int threads) : threads_(threads) {}

  [[nodiscard]] int concurrency() const noexcept override { return threads_; }

  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    std::vector<std::ptrdiff_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::ptrdiff_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(seed_++));
    most_parts_ = std::max(most_parts_, count);
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr first_error;
    const auto work = [&] {
      try {
        for (std::size_t i = next++; i < order.size(); i = next++) body(order[i]);
      } catch (...) {
        next = order.size();
        const std::lock_guard lock(mutex);
        if (!first_error) first_error = std::current_exception();
      }
    };
    {
      std::vector<std::jthread> others;
      for (int t = 1; t < threads_; ++t) others.emplace_back(work);
      work();
    }
    if (first_error) std::rethrow_exception(first_error);
  }

  /// The most parts that were ever to be done, so that a test can see that there was something to share.
  [[nodiscard]] std::ptrdiff_t most_parts() const noexcept { return most_parts_; }

 private:
  int threads_;
  unsigned seed_ = 1;
  std::ptrdiff_t most_parts_ = 0;
};

}  // namespace imgbuf::test
