#include "imgbuf/executor.hpp"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

namespace imgbuf {

namespace {

class SerialExecutor final : public Executor {
 public:
  [[nodiscard]] int concurrency() const noexcept override { return 1; }
  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    for (std::ptrdiff_t i = 0; i < count; ++i) body(i);
  }
};

class TbbExecutor final : public Executor {
 public:
  explicit TbbExecutor(int threads) : threads_(threads), arena_(threads) {}
  [[nodiscard]] int concurrency() const noexcept override { return threads_; }
  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    arena_.execute([&] { tbb::parallel_for(std::ptrdiff_t{0}, count, body); });
  }

 private:
  int threads_;
  tbb::task_arena arena_;
};

}  // namespace

Executor& serial_executor() noexcept {
  static SerialExecutor executor;
  return executor;
}

Executor& default_executor(int threads) {
  // oneTBB has no more workers than this, and says so on stderr when asked for more.
  const int most = tbb::info::default_concurrency();
  threads = threads <= 0 ? most : std::min(threads, most);
  if (threads == 1) return serial_executor();
  static std::mutex mutex;
  // Never destroyed: work may still be running on other threads when the process exits.
  static auto& executors = *new std::map<int, std::unique_ptr<TbbExecutor>>;
  const std::lock_guard lock(mutex);
  auto& executor = executors[threads];
  if (!executor) executor = std::make_unique<TbbExecutor>(threads);
  return *executor;
}

}  // namespace imgbuf
