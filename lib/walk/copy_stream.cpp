#include "walk/copy_stream.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace imgbuf::walk {

#ifdef __SSE2__

namespace {

std::ptrdiff_t bytes_into_line(const std::byte* p) noexcept {
  return static_cast<std::ptrdiff_t>(reinterpret_cast<std::uintptr_t>(p) % stream_line_bytes);
}

/// How far ahead a row is fetched. The processor's own prefetching stops at the end of a page.
constexpr std::ptrdiff_t ahead_bytes = 1024;

template <bool FetchAhead>
void stream(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) noexcept {
  // Only whole lines go past the caches: a part of one would have to be merged with the rest in memory.
  const std::ptrdiff_t head = std::min(bytes, (stream_line_bytes - bytes_into_line(to)) % stream_line_bytes);
  std::memcpy(to, from, static_cast<std::size_t>(head));
  std::ptrdiff_t i = head;
  for (; i + stream_line_bytes <= bytes; i += stream_line_bytes) {
    const auto* const in = reinterpret_cast<const __m128i*>(from + i);
    auto* const out = reinterpret_cast<__m128i*>(to + i);
    if constexpr (FetchAhead)
      if (i + ahead_bytes < bytes) _mm_prefetch(reinterpret_cast<const char*>(from + i + ahead_bytes), _MM_HINT_T0);
    const __m128i a = _mm_loadu_si128(in), b = _mm_loadu_si128(in + 1);
    const __m128i c = _mm_loadu_si128(in + 2), d = _mm_loadu_si128(in + 3);
    _mm_stream_si128(out, a);
    _mm_stream_si128(out + 1, b);
    _mm_stream_si128(out + 2, c);
    _mm_stream_si128(out + 3, d);
  }
  std::memcpy(to + i, from + i, static_cast<std::size_t>(bytes - i));
}

/// Bytes from which on a copy streams: source and destination together no longer fit the last cache. The system may
/// tell none, or the sum of all caches of the machine; where 32 MiB are one processor's, streaming was found to win
/// from 8 MiB on.
std::ptrdiff_t threshold_bytes() noexcept {
  constexpr long least = 4L << 20, most = 16L << 20;
#ifdef _SC_LEVEL3_CACHE_SIZE
  const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return cache > 0 ? std::clamp(cache / 2, least, most) : most;
#else
  return most;
#endif
}

std::atomic<std::ptrdiff_t> forced_threshold{-1};

}  // namespace

bool streaming_pays(std::ptrdiff_t total_bytes) noexcept {
  static const std::ptrdiff_t threshold = threshold_bytes();
  const std::ptrdiff_t forced = forced_threshold.load(std::memory_order_relaxed);
  return total_bytes >= (forced < 0 ? threshold : forced);
}

void force_streaming_threshold(std::optional<std::ptrdiff_t> bytes) noexcept {
  forced_threshold.store(bytes.value_or(-1), std::memory_order_relaxed);
}

void stream_bytes(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) noexcept {
  stream<true>(to, from, bytes);
}

void stream_piece(std::byte* to, const std::byte* from, std::ptrdiff_t bytes, bool is_first, bool is_last) noexcept {
  const std::ptrdiff_t begin = is_first ? 0 : -bytes_into_line(to);
  const std::ptrdiff_t end = is_last ? bytes : bytes - bytes_into_line(to + bytes);
  if (begin < end) stream<false>(to + begin, from + begin, end - begin);
}

void finish_streaming() noexcept {
  _mm_sfence();
}

#else

bool streaming_pays(std::ptrdiff_t) noexcept {
  return false;
}

void force_streaming_threshold(std::optional<std::ptrdiff_t>) noexcept {}

void stream_bytes(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) noexcept {
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

void stream_piece(std::byte* to, const std::byte* from, std::ptrdiff_t bytes, bool, bool) noexcept {
  std::memcpy(to, from, static_cast<std::size_t>(bytes));
}

void finish_streaming() noexcept {}

#endif

}  // namespace imgbuf::walk
