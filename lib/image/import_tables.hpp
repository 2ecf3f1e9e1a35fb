#pragma once

#include <cstddef>
#include <span>

#include "imgbuf/layout.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf::image {

/// What an image makes of memory that it was given.
struct ImportedTables {
  std::byte* origin = nullptr;
  Layout layout;
  Access access = Access::read_write;  ///< of the elements; a table that may only be read does not matter
  Segment tables;                      ///< copies of the pointer tables; no bytes when nothing had to be copied
};

/// Checks that each element and each pointer slot that a layout reaches lies in the storage, and copies its pointer
/// tables unless all of them lie in `own_tables`, which nobody writes. Each slot is read once, and what was checked is
/// what is copied: who changes a table meanwhile, or writes pixels over it later, cannot lead the copy elsewhere.
///
/// The layout of the copy has the same axes, with the tables' slots as close together as their distances allow, and
/// pointer offsets of 0. Time is linear in the slots, shared ones counted once, but for sorting them; so is memory.
/// @throws Error{invalid_layout} naming the first element or pointer outside; Error{limit_exceeded} for more than 2^31
///         slots of a level, or when copies of shared slots would leave more than 15 cells unused for each that is
///         used; Error{out_of_memory}
[[nodiscard]] ImportedTables import_tables(const Storage& storage, std::span<const std::byte> own_tables,
                                           std::byte* origin, const Layout& layout, std::ptrdiff_t itemsize);

}  // namespace imgbuf::image
