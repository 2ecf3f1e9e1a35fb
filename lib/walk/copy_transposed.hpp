#pragma once

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::walk {

/// Whether `copy_transposed` takes operands of such layouts.
[[nodiscard]] bool is_transposed(const Layout& destination, const Layout& source) noexcept;

/// Copies between operands whose innermost long axes differ, as those of a picture and its rotation by 90 degrees do:
/// in tiles that the caches hold. Walked row by row for one operand, such a copy reads a line of the cache for each
/// element of the other.
/// @pre operands of one shape and format
/// @returns false when the operands are of another kind or small; nothing is done then
[[nodiscard]] bool copy_transposed(const AnyView& destination, const AnyConstView& source, const Context& context);

}  // namespace imgbuf::walk
