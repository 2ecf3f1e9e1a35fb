#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/storage.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

/// `SafeOperands` where some operands are grids: overlap is asked cell by cell.
class SafeGridOperands {
 public:
  /// @throws as `SafeOperands`
  SafeGridOperands(std::span<const WalkOperand> operands, const Context& context);

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
