#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/explain_layout.hpp"
#include "python/bindings.hpp"
#include "python/no_constructor.hpp"
#include "python/texts.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// `imgbuf.Layout`: a report, and the array that it is about, for the picture.
struct PyLayout {
  Array array;
  LayoutReport report;
};

template <class Range>
py::tuple tuple_of(const Range& values) {
  py::tuple result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) result[i] = py::cast(values[i]);
  return result;
}

template <class Member>
py::tuple tuple_of_axes(const PyLayout& layout, Member Axis::*member) {
  std::vector<Member> values;
  for (const Axis& axis : layout.report.layout.axes()) values.push_back(axis.*member);
  return tuple_of(values);
}

py::object suboffsets(const PyLayout& self) {
  if (!self.report.buffer.shape) return py::none();
  return tuple_of(self.report.buffer.shape->suboffsets);
}

py::tuple strides(const PyLayout& self) {
  if (self.report.buffer.shape) return tuple_of(self.report.buffer.shape->strides);
  return tuple_of_axes(self, &Axis::byte_stride);
}

/// By the names that `Image.explain` takes, in the order of the report.
py::dict handoffs(const PyLayout& self) {
  constexpr const char* targets[] = {"numpy", "buffer", "indirect", "dlpack", "dlpack-unversioned"};
  py::dict result;
  for (std::size_t i = 0; i < std::size(targets) && i < self.report.answers.size(); ++i) {
    const ConsumerAnswer& answer = self.report.answers[i];
    result[targets[i]] = answer.handoff ? py::cast(*answer.handoff) : py::cast(answer.reason);
  }
  return result;
}

py::tuple pointers(const PyLayout& self) {
  py::tuple result(self.report.pointers.size());
  for (std::size_t level = 0; level < self.report.pointers.size(); ++level)
    result[level] = py::make_tuple(self.report.pointers[level].tables, self.report.pointers[level].pointers);
  return result;
}

PyLayout layout_of(const PyImage& image) {
  const Array array = image.array();  // another thread may give the image another info meanwhile
  const WithoutGil unlocked;
  return {array, explain_layout(array)};
}

py::object svg(const PyLayout& self, const py::object& title) {
  const std::string text = title.is_none() ? std::string() : utf8_of(title);
  std::string picture;
  {
    const WithoutGil unlocked;
    picture = draw_layout(self.array, text);
  }
  return utf8_to_python(picture);
}

void bind_segment(py::module_& module) {
  py::class_<ReachedSegment>(module, "LayoutSegment", no_constructor(), py::module_local(), R"(
What an image reaches of one segment of its memory.)")
      .def_readonly("nbytes", &ReachedSegment::bytes, "The segment's size in bytes.")
      .def_property_readonly(
          "readonly", [](const ReachedSegment& self) { return self.access == Access::read_only; },
          "Whether the segment may not be written.")
      .def_readonly("pointer_bytes", &ReachedSegment::pointer_bytes, "Bytes of pointers that lead to elements.")
      .def_readonly("element_bytes", &ReachedSegment::element_bytes, R"(
Bytes of elements, each once; where elements overlap, or a row lies across segments, it can count bytes between them too.)")
      .def("__repr__", [](const ReachedSegment& self) {
        return "<imgbuf.LayoutSegment of " + std::to_string(self.bytes) + " bytes, " +
               std::to_string(self.element_bytes) + " of elements, " + std::to_string(self.pointer_bytes) +
               " of pointers>";
      });
}

}  // namespace

void bind_layout(py::module_& module, ImageClass& image) {
  bind_segment(module);
  py::class_<PyLayout>(module, "Layout", no_constructor(), py::module_local(), R"(
How an image lies in memory: shape, strides, pointers, segments, and what each consumer would get. Notebooks show it as a picture,
print() as text. It keeps the image's memory alive.)")
      .def_property_readonly(
          "shape", [](const PyLayout& self) { return tuple_of_axes(self, &Axis::extent); }, "Elements along each axis.")
      .def_property_readonly("strides", strides, "Bytes from one index to the next along each axis.")
      .def_property_readonly("suboffsets", suboffsets, R"(
As in PEP 3118; empty for a direct image, None when PEP 3118 cannot say them: `reason` says why.)")
      .def_property_readonly(
          "reason", [](const PyLayout& self) { return self.report.buffer.reason; },
          "Why PEP 3118 cannot describe the image; empty when it can.")
      .def_property_readonly(
          "levels", [](const PyLayout& self) { return tuple_of_axes(self, &Axis::level); },
          "The indirection level of each axis: how many pointers are followed before it counts.")
      .def_property_readonly(
          "pointer_offsets", [](const PyLayout& self) { return tuple_of(self.report.layout.pointer_offsets()); },
          "Bytes added after each pointer that is followed, outermost first.")
      .def_property_readonly("pointers", pointers, R"(
For each pointer that is followed, outermost first: the number of tables, and of pointers in them.)")
      .def_property_readonly(
          "segments", [](const PyLayout& self) { return py::cast(self.report.segments); },
          "A LayoutSegment for each segment of the image's memory.")
      .def_property_readonly(
          "walk_order", [](const PyLayout& self) { return tuple_of(self.report.walk_order); },
          "Axes of more than one index, as a walk over the image alone nests its loops, outermost first.")
      .def_property_readonly(
          "c_contiguous", [](const PyLayout& self) { return self.report.is_c_contiguous; },
          "Whether the elements lie in C order without gaps, directly.")
      .def_property_readonly(
          "f_contiguous", [](const PyLayout& self) { return self.report.is_f_contiguous; },
          "The same for Fortran order.")
      .def_property_readonly("handoffs", handoffs, R"(
What consumers get, by the names that `Image.explain` takes: a Handoff, or as a str why not even a copy would do.)")
      .def("svg", svg, py::arg("title") = py::none(), R"(
The picture as the text of an SVG file, for light and dark. The title is the shape and the element type if none is given.)")
      .def(
          "_repr_svg_", [](const PyLayout& self) { return svg(self, py::none()); }, "The picture, for notebooks.")
      .def("__str__", [](const PyLayout& self) { return to_text(self.report); })
      .def("__repr__", [](const PyLayout& self) { return to_text(self.report); });
  image.def_property_readonly("layout", layout_of, R"(
How the image lies in memory, as a Layout: text, values and a picture.)");
}

}  // namespace imgbuf::python
