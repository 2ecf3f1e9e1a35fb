#pragma once

#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf {

/// `...`: all axes that the other items leave.
struct Ellipsis {
  friend bool operator==(const Ellipsis&, const Ellipsis&) = default;
};

/// `None`: an axis of extent 1.
struct NewAxis {
  friend bool operator==(const NewAxis&, const NewAxis&) = default;
};

/// One item of an index expression. An integer drops its axis.
struct IndexItem {
  std::variant<std::ptrdiff_t, Slice, Ellipsis, NewAxis> value;
  std::size_t column = 1;  ///< where it begins in the text, counted from 1, for errors
};

/// Reads what stands between Python's brackets, with or without them: integers, slices, `...` and `None`, separated by
/// commas, as in "[::-1, 10:20, ..., None]". "newaxis" and "np.newaxis" mean `None`, "Ellipsis" means `...`; a slice's
/// ends may be `None`. Integers are decimal; those beyond `std::ptrdiff_t` mean its end, which as the ends of slices is
/// what they mean in Python.
/// @throws Error{invalid_argument} with the place "character N" (counted from 1, in bytes) of what is none of it, of a
///         step of 0 and of a second ellipsis
/// @see https://numpy.org/doc/stable/user/basics.indexing.html#basic-indexing
[[nodiscard]] IMGBUF_API std::vector<IndexItem> parse_index_expression(std::string_view text);

/// The view that Python's basic indexing selects. An expression of integers alone gives an array without axes.
/// @throws Error{invalid_argument} with the place "character N" of an integer outside its axis and of the first item
///         for which no axis is left; Error{invalid_layout} for more axes than a layout has
[[nodiscard]] IMGBUF_API Array indexed(const Array& array, const std::vector<IndexItem>& items);

}  // namespace imgbuf
