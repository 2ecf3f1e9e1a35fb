#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace imgbuf::stream {

/// A bounded queue between two threads that can be ended from either side. Nobody waits for a partner that has gone:
/// after `close` the consumer still gets what is queued, after `abort` both sides stop at once.
/// Thread-safe.
template <class T>
class StripQueue {
 public:
  explicit StripQueue(std::size_t capacity) : capacity_(capacity) {}
  StripQueue(const StripQueue&) = delete;
  StripQueue& operator=(const StripQueue&) = delete;

  /// Waits for room. Returns false, and drops the item, once the queue was closed or aborted.
  bool push(T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return items_.size() < capacity_ || closed_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    changed_.notify_all();
    return true;
  }

  /// Waits for an item. Returns nothing once the queue was aborted, or closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !items_.empty() || closed_; });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return item;
  }

  /// Says that nothing more will be pushed.
  void close() noexcept { end(false); }

  /// Ends both sides; what is queued is dropped.
  void abort() noexcept { end(true); }

 private:
  void end(bool drop) noexcept {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      if (drop) items_.clear();
    }
    changed_.notify_all();
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace imgbuf::stream
