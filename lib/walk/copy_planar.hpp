#pragma once

#include <cstddef>

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::walk {

/// Whether `copy_planar` takes operands of such layouts.
[[nodiscard]] bool is_planar(const Layout& destination, const Layout& source, std::ptrdiff_t itemsize) noexcept;

/// Copies between interleaved and planar elements: when one operand packs an axis of 2 to 4 elements (channels, most
/// often) and the other does not, whatever else their layouts are.
/// @pre operands of one shape and format
/// @returns false when the operands are of another kind or small; nothing is done then
[[nodiscard]] bool copy_planar(const AnyView& destination, const AnyConstView& source, const Context& context);

}  // namespace imgbuf::walk
