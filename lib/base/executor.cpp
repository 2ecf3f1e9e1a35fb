#include "imgbuf/executor.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "base/parallel_executor.hpp"

namespace imgbuf {

namespace {

class SerialExecutor final : public Executor {
 public:
  [[nodiscard]] int concurrency() const noexcept override { return 1; }
  void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) override {
    for (std::ptrdiff_t i = 0; i < count; ++i) body(i);
  }
};

}  // namespace

Executor& serial_executor() noexcept {
  static SerialExecutor executor;
  return executor;
}

Executor& default_executor(int threads) {
  const int most = base::useful_threads();
  threads = threads <= 0 ? most : std::min(threads, most);
  if (threads == 1) return serial_executor();
  static std::mutex mutex;
  // Never destroyed: work may still be running on other threads when the process exits.
  static auto& executors = *new std::map<int, std::unique_ptr<Executor>>;
  const std::lock_guard lock(mutex);
  auto& executor = executors[threads];
  if (!executor) executor = base::make_parallel_executor(threads);
  return *executor;
}

}  // namespace imgbuf
