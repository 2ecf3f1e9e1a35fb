#pragma once

#include <cstddef>
#include <cstdint>

#include "imgbuf/function_ref.hpp"

namespace imgbuf::memory {

/// A stretch of memory named by what holds it: two mappings of the same shared memory have the same backing and offset.
/// Ordinary memory has backing 0 and its address as offset.
struct PhysicalRange {
  std::uint64_t backing = 0;
  std::uintptr_t offset_bytes = 0;
  std::size_t bytes = 0;
};

/// Whether some memory may now be mapped at two addresses by this library. While it is false, addresses are identities.
/// One atomic load.
[[nodiscard]] bool has_aliases() noexcept;

/// Calls `f` for the pieces of [begin, begin + bytes), in ascending order of their addresses; the pieces' bytes add up.
/// Thread-safe.
void visit_physical(const std::byte* begin, std::size_t bytes, FunctionRef<void(const PhysicalRange&)> f);

}  // namespace imgbuf::memory
