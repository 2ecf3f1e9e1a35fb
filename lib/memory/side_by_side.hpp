#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "imgbuf/storage.hpp"
#include "memory/mapped_pieces.hpp"

namespace imgbuf::memory {

/// A stretch of shared memory and where in a new range of addresses it shall appear; all in multiples of the page.
struct PlacedPiece {
  std::size_t at_bytes = 0;
  std::size_t bytes = 0;
  SharedPlace place;
};

/// Why the process should not map so many pieces, leaving so many gaps, or nothing. The system bounds the number of a
/// process's mappings, and a program that has reached the bound can hardly allocate: half of it is left alone.
[[nodiscard]] std::string reason_not_to_map(const std::vector<PlacedPiece>& pieces);

/// A new range of addresses that shows pieces of shared memory, or the reason why there is none.
struct SideBySide {
  std::shared_ptr<std::byte> base;  ///< unmaps the range, and releases what it keeps, when the last copy goes
  std::string reason;
};

/// @param bytes   of the whole range, a multiple of the page; what no piece covers reads as zeros and cannot be written
/// @param pieces  at least one; ascending, not overlapping
/// @param kept    what is kept alive as long as the range
[[nodiscard]] SideBySide map_side_by_side(std::size_t bytes, const std::vector<PlacedPiece>& pieces, Access access,
                                          Storage kept);

}  // namespace imgbuf::memory
