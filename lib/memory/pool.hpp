#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>

namespace imgbuf::memory {

/// Idle large blocks, kept for the next allocation of about their size. Touching fresh pages costs more than copying
/// into used ones, so a program that makes one image after another should meet the same pages again. Thread-safe, and
/// usable after `fork()`.
class BlockPool {
 public:
  /// The process's pool. Never destroyed, so that images of any lifetime can return their blocks.
  static BlockPool& instance() noexcept;

  /// A block of at least `bytes`, aligned to a huge page, that comes back to the pool when the last copy goes.
  /// Null when the system gives no memory.
  std::shared_ptr<std::byte> acquire(std::size_t bytes);

  /// Gives idle blocks back to the system.
  void trim() noexcept;

  /// Bytes of idle blocks.
  [[nodiscard]] std::size_t idle_bytes() const noexcept;

 private:
  struct Block {
    std::byte* data = nullptr;
    std::size_t bytes = 0;
  };

  static std::mutex& mutex_of_instance() { return instance().mutex_; }

  void give_back(Block block) noexcept;

  static constexpr std::size_t most_idle_bytes = std::size_t{256} << 20;

  mutable std::mutex mutex_;
  std::array<Block, 16> idle_{};  ///< a fixed array, because returning a block must not throw
};

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

/// Blocks smaller than this come from the heap: a huge page for them would waste most of itself.
inline constexpr std::size_t smallest_pooled_bytes = std::size_t{4} << 20;

}  // namespace imgbuf::memory
