#pragma once

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

}  // namespace imgbuf::walk
