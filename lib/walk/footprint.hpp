#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "imgbuf/walk.hpp"
#include "memory/physical.hpp"

namespace imgbuf::walk {

/// Elements at a constant distance in one piece of memory: element i takes [first + i * stride, first + i * stride +
/// itemsize) of `backing`. Strides are not negative: a stretch that runs downwards is turned round.
struct Stretch {
  std::uint64_t backing = 0;
  std::uintptr_t first = 0;
  std::ptrdiff_t byte_stride = 0;
  std::ptrdiff_t count = 0;
  std::ptrdiff_t itemsize = 1;

  /// One past the last byte.
  [[nodiscard]] std::uintptr_t end() const noexcept {
    return first + static_cast<std::uintptr_t>((count - 1) * byte_stride + itemsize);
  }
};

/// Whether two stretches share a byte; exact. @pre both count >= 1
[[nodiscard]] bool share_bytes(const Stretch& a, const Stretch& b) noexcept;

/// Which memory an operand's elements take. What is cheap to know is found at once, the rest when it is asked for.
/// @pre the operand is not empty
class Footprint {
 public:
  explicit Footprint(const WalkOperand& operand);

  [[nodiscard]] const WalkOperand& operand() const noexcept { return *operand_; }

  /// Whether two indices lead to elements that share a byte.
  [[nodiscard]] bool repeats_elements() const;

  /// Whether the ranges from the lowest to the highest byte of both have a byte in common; false means that the
  /// operands share no memory.
  [[nodiscard]] bool crosses(const Footprint& other) const;

  /// All elements, sorted by where they begin.
  [[nodiscard]] std::vector<Stretch> stretches() const;

  /// From the lowest to one past the highest byte.
  [[nodiscard]] std::pair<std::uintptr_t, std::uintptr_t> range() const noexcept;

 private:
  struct Boxes {  ///< where the strided pieces behind the last pointers begin
    std::uintptr_t lowest = UINTPTR_MAX, highest = 0;
    std::ptrdiff_t count = 0;
    bool are_sorted = true;  ///< one after the other, up or down, without touching
  };

  [[nodiscard]] bool boxes_touch() const;

  const WalkOperand* operand_;
  std::ptrdiff_t box_first_ = 0;  ///< lowest byte of a box, from where its arithmetic starts
  std::ptrdiff_t box_bytes_ = 0;
  Boxes boxes_;
  bool may_alias_ = false;  ///< some of its range may be mapped at another address too
};

/// The order of `Footprint::stretches`.
void sort_stretches(std::vector<Stretch>& stretches);

/// Whether two elements of sorted stretches share a byte; exact.
[[nodiscard]] bool share_memory_among(const std::vector<Stretch>& stretches);

/// Whether some element of one shares a byte with one of the other. Exact up to millions of stretches that cross each
/// other; beyond that it looks at every element if `must_be_exact`, else it says yes.
[[nodiscard]] bool share_memory(const Footprint& a, const Footprint& b, bool must_be_exact);
/// The same for sorted stretches.
[[nodiscard]] bool share_memory(const std::vector<Stretch>& of_a, const std::vector<Stretch>& of_b, bool must_be_exact);

}  // namespace imgbuf::walk
