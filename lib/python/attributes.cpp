#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/bindings.hpp"
#include "python/elements.hpp"
#include "python/texts.hpp"
#include "python/tuples.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

py::tuple strides(const PyImage& image) {
  if (const BufferShapeExport exported = export_buffer_shape(image.array().layout()); exported.shape)
    return tuple_of(exported.shape->strides);
  std::vector<std::ptrdiff_t> values;
  for (const Axis& axis : image.array().layout().axes()) values.push_back(axis.byte_stride);
  return tuple_of(values);
}

py::object suboffsets(const PyImage& image) {
  const BufferShapeExport exported = export_buffer_shape(image.array().layout());
  if (!exported.shape) return py::none();
  return tuple_of(exported.shape->suboffsets);
}

py::tuple axes(const PyImage& image) {
  std::vector<std::string> names;
  for (const AxisName name : image.axes()) names.emplace_back(to_string(name));
  return tuple_of(names);
}

std::ptrdiff_t length(const PyImage& image) {
  if (image.array().rank() == 0) throw py::type_error("len() of an image without axes");
  return image.array().extent(0);
}

/// Without it `int(image)` would read the bytes as a text of digits.
py::object only_number(const PyImage& image) {
  if (image.array().layout().element_count() != 1)
    throw py::value_error("only an image of one element is a number, not one of " +
                          std::to_string(image.array().layout().element_count()));
  py::object number = to_list(image);
  while (py::isinstance<py::list>(number)) number = py::list(number)[0];
  return number;
}

bool is_true(const PyImage& image) {
  if (image.array().layout().element_count() != 1)
    throw py::value_error("an image of " + std::to_string(image.array().layout().element_count()) +
                          " elements is neither true nor false: use 'img is not None', len(img) or img.numpy().any()");
  return only_number(image).cast<double>() != 0;
}

std::string repr(const PyImage& image) {
  const Array& array = image.array();
  std::string text =
      "<imgbuf.Image " + shape_text(array.layout()) + " " + elements_text(array.format(), image.channels());
  switch (array.layout().indirections()) {
    case 0:
      text += ", strided";
      break;
    case 1:
      text += ", row pointers";
      break;
    default:
      text += ", " + std::to_string(array.layout().indirections()) + " levels of pointers";
  }
  if (array.is_read_only()) text += ", read-only";
  return text + ">";
}

}  // namespace

void bind_attributes(ImageClass& image) {
  image.def_property_readonly(
      "shape", [](const PyImage& self) { return tuple_of(self.array().layout().shape()); },
      "Elements along each axis.");
  image.def_property_readonly("strides", strides, R"(
Bytes from one index to the next along each axis; of an axis whose elements lie behind pointers, from one pointer
to the next.)");
  image.def_property_readonly("suboffsets", suboffsets, R"(
As in PEP 3118: for each axis the bytes added after the pointer at its end was followed, or -1 where there is none. Empty
for a direct image. None when PEP 3118 cannot express the image as it is; `indirect` then makes a new pointer table.)");
  image.def_property_readonly(
      "format", [](const PyImage& self) { return self.array().format().pep3118(); },
      "The elements' type and byte order, as in PEP 3118 and the struct module.");
  image.def_property_readonly(
      "itemsize", [](const PyImage& self) { return self.array().format().itemsize(); }, "Bytes of one element.");
  image.def_property_readonly(
      "ndim", [](const PyImage& self) { return self.array().rank(); }, "Number of axes.");
  image.def_property_readonly(
      "indirections", [](const PyImage& self) { return self.array().layout().indirections(); },
      "Pointers followed to reach an element: 0 strided, 1 row pointers, 2 planes of row pointers.");
  image.def_property_readonly(
      "readonly", [](const PyImage& self) { return self.array().is_read_only(); },
      "Whether the memory may not be written.");
  image.def_property_readonly(
      "nbytes", [](const PyImage& self) { return self.array().packed_bytes(); }, "Bytes of all elements, packed.");
  image.def_property_readonly("axes", axes, R"(
What each axis counts: "height", "width", "channel", or "" for one that has no name.)");
  image.def_property_readonly(
      "channels", [](const PyImage& self) { return tuple_of(self.channels()); },
      R"(The channels' names, such as ("red", "green", "blue"); empty when they are not known.)");
  image.def("tolist", to_list, "The elements as nested lists of int or float; a single element as itself.");
  image.def("tobytes", to_bytes, py::arg("order") = "C", R"(
The elements as bytes, packed in an order: "C" or None (last axis fastest), "F" (first axis fastest), or "A" ("F" for an image
that is Fortran-contiguous, else "C"). A copy.)");
  image.def("item", only_number,
            "The only element of an image of one, as an int or float; ValueError for more or none.");
  image.def("__int__", [](const PyImage& self) { return py::int_(only_number(self)); });
  image.def("__float__", [](const PyImage& self) { return py::float_(only_number(self)); });
  image.def("__bool__", is_true, R"(
Whether the only element of an image of one is not 0; ValueError for more or none.)");
  image.def("__len__", length);
  image.def("__repr__", repr);
}

}  // namespace imgbuf::python
