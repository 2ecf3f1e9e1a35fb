#pragma once

#include "imgbuf/context.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::python {

/// Sets each element of `destination` to the one of `source` at the same index, as `seen_as` converts it: to the
/// nearest value that the destination's type holds. When the two overlap, as if all had been read first.
/// @throws as `copy`
void convert(const AnyView& destination, const AnyConstView& source, const Context& context);

/// Sets every element of `destination` to the only one of `source`, converted likewise.
/// @pre source has one element
/// @throws as `walk_blocks`
void fill(const AnyView& destination, const AnyConstView& source, const Context& context);

}  // namespace imgbuf::python
