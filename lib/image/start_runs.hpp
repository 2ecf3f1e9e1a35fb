#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "image/reach.hpp"

namespace imgbuf::image {

/// Neighbours in a list of starts that are evenly spaced.
struct StartRun {
  std::size_t first = 0;  ///< place in the list
  std::size_t count = 1;
  std::byte* start = nullptr;
  std::ptrdiff_t byte_stride = 0;  ///< from one to the next; 0 for one alone

  [[nodiscard]] std::size_t end() const noexcept { return first + count; }
  [[nodiscard]] std::byte* at(std::size_t i) const noexcept {
    return shifted(start, static_cast<std::ptrdiff_t>(i) * byte_stride);
  }

  /// The bytes from the lowest to the highest of all, each being `reached` about its start; nothing where no address
  /// space holds them, as starts of unknown origin may be.
  [[nodiscard]] std::optional<Extent> extent(const Extent& reached_at_start) const noexcept;
};

/// The longest run of starts[first..end) that begins at `first`. @pre first < end <= starts.size()
[[nodiscard]] StartRun run_at(std::span<std::byte* const> starts, std::size_t first, std::size_t end) noexcept;

}  // namespace imgbuf::image
