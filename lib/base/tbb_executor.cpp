#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "base/parallel_executor.hpp"

namespace imgbuf::base {

namespace {

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

// oneTBB has no more workers than this, and says so on stderr when asked for more.
int useful_threads() noexcept {
  return tbb::info::default_concurrency();
}

std::unique_ptr<Executor> make_parallel_executor(int threads) {
  return std::make_unique<TbbExecutor>(threads);
}

}  // namespace imgbuf::base
