#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <optional>

#include "imgbuf/image_info.hpp"
#include "python/py_image.hpp"

namespace imgbuf::python {

/// An info as `imgbuf.ImageInfo`.
pybind11::object to_python(const ImageInfo& info);

/// An info as `imgbuf.DecodedInfo`.
pybind11::object to_python(const ImageInfo& info, std::int64_t scratch_bytes);

/// What an `imgbuf.ImageInfo` says, its `file` aside.
/// @throws pybind11::type_error for another object and for a field of a wrong type, naming it;
///         Error{invalid_argument} for a value that a field cannot have, naming it
ImageInfo info_from_python(const pybind11::object& info);

/// An info's `resolution`; nothing for None. @throws as `info_from_python`
std::optional<Resolution> resolution_from_python(const pybind11::handle& value);

/// The same elements with an info of which some fields are replaced.
/// @param info     None for the image's own
/// @param changes  of `ImageInfo.replace`
/// @throws Error{invalid_argument} for an image that is no picture; as `info_from_python` and `ImageInfo.replace`
PyImage with_changed_info(const PyImage& image, const pybind11::object& info, const pybind11::dict& changes);

}  // namespace imgbuf::python
