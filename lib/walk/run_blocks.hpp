#pragma once

#include <span>

#include "imgbuf/context.hpp"
#include "imgbuf/function_ref.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::walk {

/// `walk_blocks` for operands that are known not to overlap, or only element for element.
void run_blocks(std::span<const WalkOperand> operands, FunctionRef<void(const Block&)> kernel, const Context& context);

/// `walk_parts` for the same.
void run_parts(std::span<const WalkOperand> operands, FunctionRef<void(std::ptrdiff_t part_count)> prepare,
               FunctionRef<void(std::ptrdiff_t part, const Block&)> kernel, const Context& context);

}  // namespace imgbuf::walk
