#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/metadata.hpp"
#include "imgbuf/metadata_changes.hpp"
#include "imgbuf/photoshop.hpp"
#include "python/bindings.hpp"
#include "python/image_info.hpp"
#include "python/texts.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// The picture that an image is; nothing when it is none.
std::optional<Image> picture_of(const PyImage& image) {
  try {
    return image.picture();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    return std::nullopt;
  }
}

py::object info(const PyImage& image) {
  const std::optional<Image> picture = picture_of(image);
  if (!picture) return py::none();
  return to_python(picture->info());
}

std::ptrdiff_t channel_count(const PyImage& image) {
  const auto axes = image.axes();
  const auto channel = std::find(axes.begin(), axes.end(), AxisName::channel);
  return channel == axes.end() ? 1 : image.array().extent(static_cast<int>(channel - axes.begin()));
}

void set_info(PyImage& image, const py::object& value) {
  if (value.is_none()) {
    image.set_meaning(image.with_info(nullptr));
    return;
  }
  ImageInfo info = info_from_python(value);
  if (image.info()) info.file = image.info()->file;
  PyImage result = image;
  if (image.channels().empty() && channel_count(image) == info.channels())
    result = result.with_channels(channel_names(info.pixel));
  // The depth of other pixels, such as a palette's, says nothing of these.
  if (result.picture().info().pixel.color != info.pixel.color)
    info.pixel = PixelFormat::of(info.pixel.format.type(), info.pixel.color, info.pixel.alpha);
  image.set_meaning(result.with_info(std::make_shared<const ImageInfo>(std::move(info))));
}

PyImage with_info(const PyImage& image, const py::object& value, const py::kwargs& changes) {
  return with_changed_info(image, value, changes);
}

py::object bytes_or_none(const Blob& blob) {
  if (blob.empty()) return py::none();
  return py::bytes(reinterpret_cast<const char*>(blob.data()), blob.size());
}

Blob blob_of(const py::object& bytes) {
  if (bytes.is_none()) return {};
  const HeldBuffer buffer(bytes);
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

py::object iptc_of(const py::object& photoshop) {
  Metadata metadata;
  metadata.photoshop = blob_of(photoshop);
  return bytes_or_none(iptc(metadata));
}

py::object with_iptc(const py::object& photoshop, const py::object& datasets) {
  Metadata metadata;
  metadata.photoshop = blob_of(photoshop);
  set_iptc(metadata, blob_of(datasets));
  return bytes_or_none(metadata.photoshop);
}

int orientation_of(const py::object& exif) {
  Metadata metadata;
  metadata.exif = blob_of(exif);
  return static_cast<int>(orientation(metadata));
}

/// A TIFF structure with nothing but an orientation, to be set. @see TIFF 6.0, section 2
Blob exif_of_orientation() {
  constexpr std::array<unsigned char, 26> bytes{'I',  'I',  42, 0, 8, 0, 0, 0,  // header: directory at byte 8
                                                1,    0,                        // one entry:
                                                0x12, 0x01, 3,  0, 1, 0, 0, 0, 1, 0, 0, 0,  // Orientation, one SHORT
                                                0,    0,    0,  0};                         // no further directory
  const auto* const begin = reinterpret_cast<const std::byte*>(bytes.data());
  return Blob(begin, begin + bytes.size());
}

/// @param value  None for upright, without making an EXIF that says so
py::tuple with_orientation(const py::object& exif, const py::object& xmp, std::optional<int> value) {
  if (value && (*value < 1 || *value > 8))
    throw Error(ErrorCode::invalid_argument, "EXIF's orientation runs from 1 to 8: not " + std::to_string(*value));
  Metadata metadata;
  metadata.exif = blob_of(exif);
  metadata.xmp = blob_of(xmp);
  if (value && metadata.exif.empty()) metadata.exif = exif_of_orientation();
  const auto wanted = static_cast<Orientation>(value.value_or(1));
  set_orientation(metadata, wanted);
  if (orientation(metadata) != wanted)
    throw Error(ErrorCode::unsupported, "this EXIF has no orientation that could be changed");
  return py::make_tuple(bytes_or_none(metadata.exif), bytes_or_none(metadata.xmp));
}

py::object with_resolution(const py::object& exif, const py::object& value) {
  Metadata metadata;
  metadata.exif = blob_of(exif);
  if (const auto resolution = resolution_from_python(value)) set_resolution(metadata, *resolution);
  return bytes_or_none(metadata.exif);
}

}  // namespace

PyImage with_changed_info(const PyImage& image, const py::object& value, const py::dict& changes) {
  py::object changed = value.is_none() ? info(image) : value;
  if (changed.is_none())
    throw Error(ErrorCode::invalid_argument, "an image that is no picture has no info that could be changed");
  if (!changes.empty()) changed = changed.attr("replace")(**changes);
  PyImage result = image;
  set_info(result, changed);
  return changes.contains("resolution") ? result.with_own_resolution() : result;
}

void bind_info(py::module_& module, ImageClass& image) {
  image.def_property("info", info, set_info, R"(
What the pixels mean and what their file says beside them, as an ImageInfo with this image's own size and pixel format;
None when the image is no picture. A value: changing an image's info means to give it another one, by assignment:

    image.info = image.info.replace(icc=profile)

Other images that share the pixels keep theirs; views made of this one afterwards have the new one. Of what is assigned, size,
element type and `file` do not count, for they are the pixels' own, nor does a palette or bit depth that is not for
such pixels. Where the channels have no names yet (elements that came from another library), they get those of the
info's colour model. None takes away all that is said beside the pixels. InvalidArgument for an image that is no picture.)");
  image.def("with_info", with_info, py::arg("info") = py::none(), R"(
Another image over the same pixels with another info; this image keeps its own.

    stamped = image.with_info(icc=profile, orientation=1)

info: an ImageInfo as for an assignment to `info`; this image's own when it is None
further keywords: fields to replace in it, as for `ImageInfo.replace`

Raises InvalidArgument for an image that is no picture; as `ImageInfo.replace` and an assignment to `info`.)");
  module.def("_iptc", iptc_of, py::arg("photoshop"));
  module.def("_with_iptc", with_iptc, py::arg("photoshop"), py::arg("iptc"));
  module.def("_orientation", orientation_of, py::arg("exif"));
  module.def("_with_orientation", with_orientation, py::arg("exif"), py::arg("xmp"), py::arg("orientation"));
  module.def("_with_resolution", with_resolution, py::arg("exif"), py::arg("resolution"));
}

}  // namespace imgbuf::python
