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

/// One of the pieces, with rising addresses, in which a run is written from the nearest cache. Only whole lines go past
/// the caches quickly, so each line is written with the piece that ends it: a piece that is not the first begins up to
/// `stream_line_bytes` earlier, with bytes that lie before `from`, and one that is not the last leaves its last bytes
/// to the next.
void stream_piece(std::byte* to, const std::byte* from, std::ptrdiff_t bytes, bool is_first, bool is_last) noexcept;

/// What `stream_piece` may want again of the piece before.
inline constexpr std::ptrdiff_t stream_line_bytes = 64;

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
