#pragma once

#include <cstddef>
#include <optional>

namespace imgbuf::walk {

// Stores past the caches. A large copy would push everything out of the caches, itself included, and a cached store
// first reads the line that it overwrites. One large `memcpy` may know that; many of a row each cannot.

/// Whether this machine has such stores and a copy of so many bytes is worth them.
[[nodiscard]] bool streaming_pays(std::ptrdiff_t total_bytes) noexcept;

/// For tests: copies of so many bytes and more stream, where the machine can; nothing: as this machine's caches say.
void force_streaming_threshold(std::optional<std::ptrdiff_t> bytes) noexcept;

/// `memcpy`, past the caches where the machine can. Writes exactly [to, to + bytes).
/// Other threads see the bytes after `finish_streaming` on this one.
void stream_bytes(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) noexcept;

/// The same for bytes that are in the nearest cache: without fetching ahead.
void stream_cached_bytes(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) noexcept;

/// Orders the streamed stores of this thread before all its later ones.
void finish_streaming() noexcept;

/// Calls `finish_streaming` when a scope ends, however it ends.
class StreamingScope {
 public:
  explicit StreamingScope(bool streams) noexcept : streams_(streams) {}
  ~StreamingScope() {
    if (streams_) finish_streaming();
  }
  StreamingScope(const StreamingScope&) = delete;
  StreamingScope& operator=(const StreamingScope&) = delete;

 private:
  bool streams_;
};

}  // namespace imgbuf::walk
