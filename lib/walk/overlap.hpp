#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

/// Operands that can be walked in any order with the result of "as if all had been read first".
class SafeOperands {
 public:
  /// Looks for overlap as `walk_blocks` describes, and copies what must be.
  /// @throws Error{invalid_argument, copy_required, out_of_memory, cancelled}
  SafeOperands(std::span<const WalkOperand> operands, const Context& context);

  /// Valid as long as this object and the operands it was made of.
  [[nodiscard]] std::span<const WalkOperand> operands() const noexcept {
    return replaced_.empty() ? given_ : std::span<const WalkOperand>(replaced_);
  }

 private:
  void replace_by_copy(std::size_t index, std::size_t written, const Context& context);

  std::span<const WalkOperand> given_;
  std::vector<WalkOperand> replaced_;
  std::vector<Segment> copies_;
  std::vector<Layout> layouts_;
};

// What all kinds of operands have in common; `index` and `written` are places among the operands.

/// A written operand that repeats an element has no value to end up with.
[[noreturn]] void refuse_repeated_axis(int axis, std::size_t index);
[[noreturn]] void refuse_repeated_elements(std::size_t index);
/// Two operands that are written share memory.
[[noreturn]] void refuse_both_written(std::size_t index, std::size_t written);
/// @throws Error{copy_required} when the context does not allow the copy of an operand
void require_leave_to_copy(std::size_t index, std::size_t written, std::ptrdiff_t bytes, const Context& context);
/// Whether every index leads both to the same address, whatever tables lie between. @pre neither is a grid or empty
[[nodiscard]] bool is_same_memory(const WalkOperand& a, const WalkOperand& b);

}  // namespace imgbuf::walk
