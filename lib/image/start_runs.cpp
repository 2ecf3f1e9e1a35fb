#include "image/start_runs.hpp"

#include <limits>

namespace imgbuf::image {

std::optional<Extent> StartRun::extent(const Extent& reached_at_start) const noexcept {
  const auto steps = static_cast<std::uintptr_t>(count - 1);
  const std::uintptr_t distance = byte_stride < 0 ? std::uintptr_t{0} - static_cast<std::uintptr_t>(byte_stride)
                                                  : static_cast<std::uintptr_t>(byte_stride);
  constexpr std::uintptr_t most = std::numeric_limits<std::uintptr_t>::max();
  if (distance != 0 && steps > most / distance) return std::nullopt;
  const std::uintptr_t reach = steps * distance;
  auto begin = reinterpret_cast<std::uintptr_t>(reached_at_start.begin);
  if (byte_stride < 0) {
    if (begin < reach) return std::nullopt;
    begin -= reach;
  }
  if (reached_at_start.bytes > most - reach || begin > most - reach - reached_at_start.bytes) return std::nullopt;
  return Extent{reinterpret_cast<std::byte*>(begin), reach + reached_at_start.bytes};
}

StartRun run_at(std::span<std::byte* const> starts, std::size_t first, std::size_t end) noexcept {
  StartRun run{first, 1, starts[first], 0};
  if (first + 1 == end) return run;
  run.byte_stride = bytes_between(starts[first], starts[first + 1]);
  std::size_t next = first + 2;
  while (next < end && bytes_between(starts[next - 1], starts[next]) == run.byte_stride) ++next;
  run.count = next - first;
  return run;
}

}  // namespace imgbuf::image
