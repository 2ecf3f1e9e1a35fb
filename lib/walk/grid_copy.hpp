#pragma once

#include "imgbuf/context.hpp"
#include "imgbuf/format.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

/// `copy` where an operand or both are grids, without its check of types.
/// @pre the formats have one element type
/// @throws Error{invalid_argument} when shapes differ; otherwise as `walk_blocks`
void copy_grids(const WalkOperand& destination, Format to, const WalkOperand& source, Format from,
                const Context& context);

}  // namespace imgbuf::walk
