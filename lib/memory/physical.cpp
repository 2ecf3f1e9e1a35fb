#include "memory/physical.hpp"

namespace imgbuf::memory {

bool has_aliases() noexcept {
  return false;
}

void visit_physical(const std::byte* begin, std::size_t bytes, FunctionRef<void(const PhysicalRange&)> f) {
  f({0, reinterpret_cast<std::uintptr_t>(begin), bytes});
}

}  // namespace imgbuf::memory
