#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "image/start_table.hpp"
#include "memory/side_by_side.hpp"

namespace imgbuf::image {

/// How the pieces of shared memory of an array become one range of addresses, or the reason why they cannot.
struct RewirePlan {
  std::string reason;
  std::vector<std::ptrdiff_t> byte_strides;  ///< of the table axes
  std::vector<memory::PlacedPiece> pieces;
  std::size_t bytes = 0;              ///< of the range of addresses
  std::ptrdiff_t first_at_bytes = 0;  ///< where in the range the lowest byte of the first entry's elements appears
};

/// Plans without mapping anything, in time linear in the table; beyond reading it, in its runs.
/// @param table  the starts of the layout's elements; not empty
[[nodiscard]] RewirePlan plan_rewire(const Layout& layout, const StartTable& table, std::ptrdiff_t itemsize);

}  // namespace imgbuf::image
