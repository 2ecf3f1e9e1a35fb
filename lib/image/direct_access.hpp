#pragma once

#include <cstddef>
#include <optional>

#include "imgbuf/layout.hpp"
#include "imgbuf/storage.hpp"

namespace imgbuf::image {

/// What may be done with the elements of a direct layout, or nothing when one lies outside the storage. What lies
/// between the elements counts only where strides interleave. Logarithmic in the segments when one answer holds for all
/// bytes from the lowest to the highest; else times the runs of elements that lie side by side, of which there can be
/// no more than the storage has bytes.
/// @pre !layout.is_empty()
[[nodiscard]] std::optional<Access> access_of_elements(const Storage& storage, const Layout& layout, std::byte* origin,
                                                       std::ptrdiff_t itemsize);

}  // namespace imgbuf::image
