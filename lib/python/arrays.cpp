#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/assignment.hpp"
#include "python/bilevel.hpp"
#include "python/bindings.hpp"
#include "python/element_conversion.hpp"
#include "python/format_argument.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

std::ptrdiff_t extent_argument(const py::handle& value) {
  const Py_ssize_t extent = PyNumber_AsSsize_t(value.ptr(), PyExc_OverflowError);
  if (extent == -1 && PyErr_Occurred()) throw py::error_already_set();
  return extent;
}

std::vector<std::ptrdiff_t> shape_argument(const py::object& shape) {
  std::vector<std::ptrdiff_t> extents;
  if (PyIndex_Check(shape.ptr()) && !py::isinstance<py::iterable>(shape)) {
    extents.push_back(extent_argument(shape));
  } else {
    for (const py::handle extent : shape) extents.push_back(extent_argument(extent));
  }
  return extents;
}

Arrangement arrangement_argument(const std::string& text, bool is_shared, std::ptrdiff_t row_alignment) {
  Arrangement arrangement = Arrangement::parse(text);
  arrangement.is_shared = arrangement.is_shared || is_shared;
  arrangement.row_alignment = row_alignment;
  return arrangement;
}

PyImage empty(const py::object& shape, const py::object& format, const std::string& arrangement, bool shared,
              std::ptrdiff_t row_alignment) {
  const std::vector<std::ptrdiff_t> extents = shape_argument(shape);
  const Format element = format_argument(format);
  const Arrangement arranged = arrangement_argument(arrangement, shared, row_alignment);
  const WithoutGil unlocked;
  return PyImage(Array::allocate(extents, element, arranged));
}

PyImage zeros(const py::object& shape, const py::object& format, const std::string& arrangement, bool shared,
              std::ptrdiff_t row_alignment) {
  PyImage image = empty(shape, format, arrangement, shared, row_alignment);
  constexpr std::uint8_t zero = 0;
  const AnyConstView source(reinterpret_cast<const std::byte*>(&zero), Layout(), ElementType::u8);
  const WithoutGil unlocked;
  fill(image.array().view(), source, Context());
  return image;
}

/// New memory with the elements of an image as another type.
PyImage converted(const PyImage& image, Format format, const Arrangement& arrangement) {
  const Array source = image.array();
  Array result;
  {
    const WithoutGil unlocked;
    result = Array::allocate(source.layout().shape(), format, arrangement);
    convert(result.view(), source.const_view(), Context());
  }
  return image.with_array(std::move(result));
}

PyImage with_type(const PyImage& image, Format format, const Arrangement& arrangement) {
  const PyImage same = image;  // another thread may give the image another info meanwhile
  const bool is_made_gray = is_bilevel(same) && format.type() != ElementType::u8;
  if (is_made_gray) {
    const WithoutGil unlocked;
    require_same_as_gray(same);
  }
  const PyImage result = converted(same, format, arrangement);
  return is_made_gray ? result.with_channels({"gray"}) : result;
}

PyImage copied(const PyImage& image) {
  return converted(image, image.array().format(), Arrangement::contiguous());
}

[[noreturn]] void refuse_pickling(const PyImage&, const py::handle&) {
  throw py::type_error(
      "an image is not pickled, which would copy its elements in silence: pickle the array that img.numpy(copy=True) "
      "gives, and make an image of it with imgbuf.from_buffer");
}

Arrangement arrangement_or_contiguous(const std::optional<std::string>& text) {
  return text ? Arrangement::parse(*text) : Arrangement::contiguous();
}

}  // namespace

void bind_arrays(py::module_& module, ImageClass& image) {
  module.def("empty", empty, py::arg("shape"), py::arg("format") = "B", py::arg("arrangement") = "contiguous",
             py::arg("shared") = false, py::arg("row_alignment") = 1, R"(
A new image of its own memory; the elements are undefined.

shape: a size or a tuple of sizes. Two axes are height and width, three height, width and channel.
format: the elements' type: a code of the struct module ("B", ">H"), a NumPy dtype or its name ("u2", "float32",
numpy.uint8). 8, 16 and 32 bit integers, 16, 32 and 64 bit floating point, in either byte order. "bool" is u8.
arrangement: how the memory is laid out: "contiguous" (one block), "rows" (row pointers into one block), "strips" or
"strips:N" (row pointers into blocks of 16 or N rows), "planes" (a table of row pointers for each channel).
shared: the elements lie in shared memory, so that strips of whole pages can be rewired to one array. Linux only. Each
    image keeps a file descriptor (the strips of one share it), of which a process has as many as its limit says.
row_alignment: each row starts at a multiple of it, in bytes; a power of two. 1 packs rows.

ValueError for what has no meaning, MemoryError when there is no memory.)");
  module.def("zeros", zeros, py::arg("shape"), py::arg("format") = "B", py::arg("arrangement") = "contiguous",
             py::arg("shared") = false, py::arg("row_alignment") = 1, R"(
A new image of its own memory whose elements are 0. Arguments and errors as for empty().)");
  image.def(
      "copy",
      [](const PyImage& self, const std::optional<std::string>& arrangement) {
        return converted(self, self.array().format(), arrangement_or_contiguous(arrangement));
      },
      py::arg("arrangement") = py::none(), R"(
The same elements in new memory of their own, which may be written. arrangement: as for empty(), with ":shared" at its
end for shared memory ("strips:16:shared"); None is "contiguous".)");
  image.def(
      "astype",
      [](const PyImage& self, const py::object& format, const std::optional<std::string>& arrangement) {
        return with_type(self, format_argument(format), arrangement_or_contiguous(arrangement));
      },
      py::arg("format"), py::arg("arrangement") = py::none(), R"(
The same values as elements of another type or byte order; always a copy, also when the type is the same.

format: as for empty(). Values are kept: the u8 255 becomes the f32 255.0 (convert_samples makes 1.0 of it). What the type cannot hold becomes
its nearest value: numbers are clamped, fractions rounded half to even, NaN becomes the integer 0; floating point that
is too large for a smaller floating point becomes infinity. (NumPy's astype truncates and wraps round instead.)
arrangement: as for copy().)");
  image.def("__copy__", copied, "copy.copy(img): img.copy().");
  image.def(
      "__deepcopy__", [](const PyImage& self, const py::handle&) { return copied(self); }, py::arg("memo"),
      "copy.deepcopy(img): img.copy().");
  image.def("__reduce_ex__", refuse_pickling, py::arg("protocol"), "Always a TypeError: an image is not pickled.");
  image.def(
      "fill", [](const PyImage& self, const py::object& value) { assign(self.array(), value); }, py::arg("value"), R"(
Sets all elements: img[...] = value.)");
}

}  // namespace imgbuf::python
