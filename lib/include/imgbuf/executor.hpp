#pragma once

#include <cstddef>
#include <functional>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// Where parallel work runs. An embedding program derives from it to use its own threads.
class IMGBUF_API Executor {
 public:
  virtual ~Executor() = default;

  /// The most threads one `parallel_for` keeps busy, the caller's included; at least 1.
  [[nodiscard]] virtual int concurrency() const noexcept = 0;

  /// Calls `body(i)` once for each i in [0, count), in any order and on any threads, and returns when all calls
  /// have returned. The first exception cancels the calls not yet begun and is rethrown here.
  virtual void parallel_for(std::ptrdiff_t count, const std::function<void(std::ptrdiff_t)>& body) = 0;
};

/// An executor that runs everything on the calling thread.
IMGBUF_API Executor& serial_executor() noexcept;

/// The library's own executor (oneTBB's threads, plain ones in a build without it) with at most `threads` threads, and never more than there are processors (0: as
/// many as there are).
/// Executors live as long as the process. Thread-safe.
IMGBUF_API Executor& default_executor(int threads = 0);

}  // namespace imgbuf
