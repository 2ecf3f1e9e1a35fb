#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "image/reach.hpp"
#include "image/start_table.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf::image {

/// Strides that make starts a plain array, one for each of some axes, or the axis along which they are not even.
struct EvenStarts {
  std::vector<std::ptrdiff_t> byte_strides;  ///< as many as axes; 0 for an axis of extent 1
  int uneven_axis = -1;                      ///< the axis in the layout, or -1
  std::ptrdiff_t uneven_index = 0;           ///< the first index along it that is out of step
};

/// Looks whether `starts`, in C order of `axes`, are evenly spaced along each axis.
/// @param axes  with `entries` as in a whole `StartTable` that `starts` is a part of
[[nodiscard]] EvenStarts even_starts(std::span<const StartTable::TableAxis> axes, std::span<std::byte* const> starts);

/// The distance of all neighbours along one axis of a whole table, if it is one distance. @pre axis.extent > 1
[[nodiscard]] std::optional<std::ptrdiff_t> even_stride(const StartTable::TableAxis& axis,
                                                        std::span<std::byte* const> starts);

/// A layout whose axes above the last level have these strides and no pointer, for elements that start at one place.
[[nodiscard]] Layout direct_layout(const Layout& layout, std::span<const StartTable::TableAxis> axes,
                                   std::span<const std::ptrdiff_t> byte_strides);

/// The bytes that one level of a layout reaches from a start.
[[nodiscard]] Extent extent_of(const Layout& layout, int level, std::byte* start, std::ptrdiff_t itemsize) noexcept;

/// An empty layout's elements without its pointers: packed strides, because none is ever taken.
[[nodiscard]] Layout empty_direct_layout(const Layout& layout, std::ptrdiff_t itemsize);

}  // namespace imgbuf::image
