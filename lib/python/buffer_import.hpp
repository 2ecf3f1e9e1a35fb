#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <string_view>

#include "python/py_image.hpp"

namespace imgbuf::python {

/// An image over the memory of any object with the buffer protocol, suboffsets included. The memory is shared, and may
/// be written when the exporter allows it; the buffer is released once, when the last image and consumer over it is gone.
/// Items that are several elements of one type ("3B", "T{B:r:B:g:B:b:}") become axes behind the exporter's.
/// An image is that image, its names and info included.
/// @throws Error as `import_buffer` and `Array::trusted`; what the exporter raises
PyImage from_buffer(const pybind11::object& exporter);

/// The buffer of an object, only to be read. @throws what the exporter raises
std::shared_ptr<Py_buffer> acquire_buffer(const pybind11::handle& exporter);

/// The elements of a held buffer, which the array keeps; writable when the exporter was asked for that and agreed, and
/// no element is a truth value.
/// @param format  of the items, as wide as they are: the buffer's own, or one whose bytes they are taken for
/// @throws Error as `import_buffer` and `Array::trusted`
Array array_over(std::shared_ptr<Py_buffer> buffer, std::string_view format);

/// Whether items are truth values ("?") or have some among their elements. They are read as the bytes that they are, and
/// not written: most numbers are none.
bool has_truth_values(std::string_view format) noexcept;

/// The format of a buffer's items; "B" where it says none.
std::string_view format_of(const Py_buffer& buffer) noexcept;

/// Rows in any places as one image.
/// @param rows  objects with the buffer protocol, of one shape and format and as wide; a row of one axis is (width), of
///              two (width, channel)
/// @throws Error{invalid_argument, copy_required} naming the row, as `vstack`
PyImage from_rows(const pybind11::iterable& rows);

}  // namespace imgbuf::python
