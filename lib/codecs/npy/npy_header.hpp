#pragma once

#include <string_view>
#include <vector>

#include "codecs/stored/stored_picture.hpp"
#include "imgbuf/format.hpp"

namespace imgbuf::codecs::npy {

/// What the dictionary of an NPY header says.
struct Dictionary {
  Format format;
  bool is_bool = false;           ///< elements are 0 or 1
  bool is_fortran_order = false;  ///< the first axis is the fastest
  std::vector<std::uint64_t> shape;
};

/// Reads "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }": Python's literals, as NumPy writes them.
/// @throws Error{corrupt_data}; Error{unsupported} for elements that are none of imgbuf's
[[nodiscard]] Dictionary parse_dictionary(std::string_view text);

/// Reads the header of an NPY of version 1 to 3 whose array has the shape (height, width) or (height, width, channels)
/// with 1 to 4 channels: gray, gray with alpha, RGB, RGB with alpha.
/// @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
[[nodiscard]] StoredPicture parse(FileBytes& file, const Limits& limits);

}  // namespace imgbuf::codecs::npy
