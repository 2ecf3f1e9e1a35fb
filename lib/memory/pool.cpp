#include "memory/pool.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/storage.hpp"
#include "memory/alignment.hpp"
#include "memory/mapping.hpp"
#include "memory/survive_fork.hpp"

namespace imgbuf {

namespace memory {

namespace {

/// A reservation whose base is a multiple of a huge page, or null.
std::byte* reserve(std::size_t bytes) noexcept {
  const std::size_t reserved = bytes + huge_page_bytes;
  void* raw = mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return nullptr;
  auto* const start = static_cast<std::byte*>(raw);
  const auto address = reinterpret_cast<std::uintptr_t>(raw);
  const std::size_t head = (huge_page_bytes - address % huge_page_bytes) % huge_page_bytes;
  std::byte* const base = start + head;
  if (head != 0) munmap(start, head);
  if (const std::size_t tail = reserved - head - bytes; tail != 0) munmap(base + bytes, tail);
#ifdef MADV_HUGEPAGE
  madvise(base, bytes, MADV_HUGEPAGE);  // a wish: without huge pages the memory is merely slower to touch first
#endif
  return base;
}

}  // namespace

BlockPool& BlockPool::instance() noexcept {
  alignas(BlockPool) static std::byte place[sizeof(BlockPool)];
  static BlockPool& pool = *new (place) BlockPool;
  static const bool once = (survive_fork<mutex_of_instance>(), true);
  (void)once;
  return pool;
}

namespace {
/// Made when the library is loaded: a child forked while another thread made it would wait for that thread for ever.
[[maybe_unused]] const BlockPool& made_at_load = BlockPool::instance();
}  // namespace

std::shared_ptr<std::byte> BlockPool::acquire(std::size_t bytes) {
  if (bytes > SIZE_MAX - 2 * huge_page_bytes) return nullptr;
  const std::size_t rounded = round_up(bytes, huge_page_bytes);
  Block block;
  {
    const std::lock_guard lock(mutex_);
    Block* best = nullptr;
    for (Block& idle : idle_)
      if (idle.data && idle.bytes >= rounded && idle.bytes / 2 <= rounded && (!best || idle.bytes < best->bytes))
        best = &idle;
    if (best) std::swap(block, *best);
  }
  if (!block.data) block = {reserve(rounded), rounded};
  if (!block.data) return nullptr;
  return {block.data, [this, block](std::byte*) noexcept { give_back(block); }};
}

void BlockPool::give_back(Block block) noexcept {
  {
    const std::lock_guard lock(mutex_);
    std::size_t idle_total = block.bytes;
    Block* slot = nullptr;
    for (Block& idle : idle_) {
      idle_total += idle.bytes;
      if (!idle.data) slot = &idle;
    }
    if (slot && idle_total <= most_idle_bytes) {
      *slot = block;
      return;
    }
  }
  munmap(block.data, block.bytes);
}

void BlockPool::trim() noexcept {
  const std::lock_guard lock(mutex_);
  for (Block& idle : idle_) {
    if (idle.data) munmap(idle.data, idle.bytes);
    idle = {};
  }
}

std::size_t BlockPool::idle_bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  std::size_t total = 0;
  for (const Block& idle : idle_) total += idle.bytes;
  return total;
}

}  // namespace memory

Segment allocate_segment(std::size_t bytes, std::size_t alignment) {
  memory::require_alignment(alignment);
  const auto refuse = [bytes] {
    throw Error(ErrorCode::out_of_memory, "the system gives no " + std::to_string(bytes) + " bytes");
  };
  // No object is larger; and operator new, which rounds up to the alignment, would come round to a small block.
  constexpr std::size_t most_bytes = PTRDIFF_MAX;
  if (alignment > most_bytes || bytes > most_bytes - alignment) refuse();
  std::shared_ptr<std::byte> memory = base::or_out_of_memory([&]() -> std::shared_ptr<std::byte> {
    if (bytes >= memory::smallest_pooled_bytes && alignment <= memory::huge_page_bytes)
      return memory::BlockPool::instance().acquire(bytes);
    auto* const data = static_cast<std::byte*>(
        ::operator new(std::max<std::size_t>(bytes, 1), std::align_val_t(alignment), std::nothrow));
    if (!data) return nullptr;
    return {data, [alignment](std::byte* p) noexcept { ::operator delete(p, std::align_val_t(alignment)); }};
  });
  if (!memory) refuse();
  std::byte* const data = memory.get();
  return {data, bytes, Access::read_write, std::move(memory)};
}

void release_pooled_memory() noexcept {
  memory::BlockPool::instance().trim();
}

}  // namespace imgbuf
