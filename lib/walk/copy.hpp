#pragma once

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::walk {

/// `copy` without its checks of types, of repeated elements and of overlap: for operands that share no memory, or share
/// it element for element.
/// @pre equal shapes and element types; byte orders may differ
/// @throws Error{cancelled}
void copy_disjoint(const AnyView& destination, const AnyConstView& source, const Context& context);

}  // namespace imgbuf::walk
