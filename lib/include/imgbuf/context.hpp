#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "imgbuf/executor.hpp"
#include "imgbuf/export.hpp"

namespace imgbuf {

/// What a call may tell its caller and be told while it runs. One context belongs to one operation; the
/// counters and `cancel` may be used from any thread, the callbacks are only called on the thread that made the call.
class IMGBUF_API Context {
 public:
  Context() = default;
  explicit Context(Executor& executor) : executor_(&executor) {}
  /// A context for a part of an operation: cancelled whenever `whole` is and on its executor, with callbacks and
  /// counters of its own. `whole` outlives it. For a part that runs on another thread, whose callbacks must not be the
  /// caller's.
  struct PartOf {
    const Context& whole;
  };
  explicit Context(PartOf part)
      : allow_copies(part.whole.allow_copies), executor_(part.whole.executor_), whole_(&part.whole) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Called with the rows done and the rows in all. May throw: the operation then fails with that exception.
  std::function<void(std::int64_t rows_done, std::int64_t rows_total)> on_progress;

  /// Called with one line for everything that is not an error but is not exactly what was asked: a colour that
  /// was composited, metadata that the target cannot hold. Without a callback the line is dropped.
  std::function<void(std::string_view)> on_warning;

  void progress(std::int64_t rows_done, std::int64_t rows_total) const;
  void warn(std::string_view line) const;

  /// Asks the operation to stop at its next row; it then fails with `ErrorCode::cancelled`. Async-signal-safe.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) || (whole_ != nullptr && whole_->cancelled());
  }
  /// Throws `Error{cancelled}` if `cancel` was called.
  void check_cancelled() const;

  /// Pixel bytes that had to go through scratch memory because two layouts or formats did not match.
  void count_scratch_bytes(std::int64_t bytes) const noexcept {
    scratch_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t scratch_bytes() const noexcept { return scratch_bytes_.load(std::memory_order_relaxed); }

  /// Whether an operation may make a temporary copy of pixels that nobody asked for, such as when a source overlaps the
  /// destination. Without leave it fails with `Error{copy_required}` that says why and how many bytes.
  bool allow_copies = true;

  /// Pixel bytes that were copied to temporary images because operands overlap.
  void count_copied_bytes(std::int64_t bytes) const noexcept {
    copied_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t copied_bytes() const noexcept { return copied_bytes_.load(std::memory_order_relaxed); }

  [[nodiscard]] Executor& executor() const noexcept { return *executor_; }

 private:
  std::atomic<bool> cancelled_{false};
  mutable std::atomic<std::int64_t> scratch_bytes_{0};
  mutable std::atomic<std::int64_t> copied_bytes_{0};
  Executor* executor_ = &serial_executor();
  const Context* whole_ = nullptr;
};

}  // namespace imgbuf
