#include "memory/guarded_map.hpp"

#include <sys/mman.h>

#include <utility>

#include "base/out_of_memory.hpp"

namespace imgbuf::memory {

std::unique_ptr<GuardedMap> GuardedMap::of(int fd, std::size_t bytes) {
  void* const data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return nullptr;
  Mapping mapping(static_cast<std::byte*>(data), bytes);
  return base::or_out_of_memory([&] { return std::make_unique<GuardedMap>(std::move(mapping)); });
}

void GuardedMap::expect_scattered() noexcept {
  ::madvise(mapping_.data(), mapping_.bytes(), MADV_RANDOM);
}

void GuardedMap::let_go() noexcept {
  ::madvise(mapping_.data(), mapping_.bytes(), MADV_DONTNEED);
}

}  // namespace imgbuf::memory
