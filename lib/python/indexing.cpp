#include "python/indexing.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/assignment.hpp"
#include "python/axis_argument.hpp"
#include "python/bindings.hpp"
#include "python/elements.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

bool is_ellipsis(const py::handle& item) {
  return item.ptr() == Py_Ellipsis;
}

bool is_slice(const py::handle& item) {
  return PySlice_Check(item.ptr()) != 0;
}

[[noreturn]] void refuse_index(const py::handle& item) {
  if (PyUnicode_Check(item.ptr()))
    throw py::type_error("an image is not indexed by names: channel('" + item.cast<std::string>() +
                         "') is the channel of a name");
  throw py::type_error("an image is indexed by integers, slices, None and '...', not by '" +
                       std::string(Py_TYPE(item.ptr())->tp_name) +
                       "'; for masks and lists of indices index the array that img.numpy() gives");
}

/// An array or a list of one integer has `__index__` too, or refuses by a TypeError.
py::object integer(const py::handle& item) {
  if (!is_integer(item)) refuse_index(item);
  PyObject* const number = PyNumber_Index(item.ptr());
  if (number) return py::reinterpret_steal<py::object>(number);
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) throw py::error_already_set();
  PyErr_Clear();
  refuse_index(item);
}

/// The items of an index expression: None, "...", slices and Python's own integers.
struct Expression {
  std::vector<py::object> items;
  int indexed_axes = 0;
  int new_axes = 0;
  bool has_ellipsis = false;
};

Expression parse(const py::handle& key) {
  const py::tuple items = PyTuple_Check(key.ptr()) ? py::reinterpret_borrow<py::tuple>(key) : py::make_tuple(key);
  Expression expression;
  for (const py::handle item : items) {
    if (item.is_none()) {
      ++expression.new_axes;
    } else if (is_ellipsis(item)) {
      if (expression.has_ellipsis) throw py::index_error("an index can only have a single ellipsis ('...')");
      expression.has_ellipsis = true;
    } else {
      ++expression.indexed_axes;
      if (!is_slice(item)) {
        expression.items.push_back(integer(item));
        continue;
      }
    }
    expression.items.push_back(py::reinterpret_borrow<py::object>(item));
  }
  return expression;
}

py::object get_item(const PyImage& image, const py::handle& key) {
  Selection selection = select(image, key);
  if (selection.is_element) return to_list(selection.image);
  return py::cast(std::move(selection.image));
}

void set_item(const PyImage& image, const py::handle& key, const py::handle& value) {
  require_writable(image.array());
  assign(select(image, key).image.array(), value);
}

py::object iterate(const py::object& self) {
  if (self.cast<const PyImage&>().array().rank() == 0) throw py::type_error("iteration over an image without axes");
  return py::reinterpret_steal<py::object>(PySeqIter_New(self.ptr()));
}

/// The double that a number is; none when no element can equal it.
std::optional<double> exact_number(const py::handle& value) {
  if (PyFloat_Check(value.ptr())) return PyFloat_AS_DOUBLE(value.ptr());
  const PyNumberMethods* const number = Py_TYPE(value.ptr())->tp_as_number;
  if (PyIndex_Check(value.ptr()) == 0 && (!number || !number->nb_float))
    throw py::type_error("an image holds numbers, not '" + std::string(Py_TYPE(value.ptr())->tp_name) + "'");
  const auto real = py::reinterpret_steal<py::object>(PyNumber_Float(value.ptr()));
  if (!real) {
    if (!PyErr_ExceptionMatches(PyExc_OverflowError)) throw py::error_already_set();
    PyErr_Clear();  // an integer that no double reaches
    return {};
  }
  if (!real.equal(value)) return {};  // rounded, or not a number
  return PyFloat_AS_DOUBLE(real.ptr());
}

bool contains(const PyImage& image, const py::handle& value) {
  if (py::isinstance<PyImage>(value)) throw py::type_error("only numbers are in an image, not images");
  const std::optional<double> wanted = exact_number(value);
  if (!wanted) return false;
  const Array array = image.array();
  const WithoutGil unlocked;
  return reduce(
      Context(), false,
      [wanted](bool& found, Run<const double> run) {
        for (std::ptrdiff_t i = 0; i < run.size && !found; ++i) found = run[i] == *wanted;
      },
      [](bool a, bool b) { return a || b; }, seen_as<const double>(array.const_view()));
}

}  // namespace

Slice slice_of(const py::handle& item) {
  Py_ssize_t start = 0, stop = 0, step = 0;
  if (PySlice_Unpack(item.ptr(), &start, &stop, &step) != 0) throw py::error_already_set();
  return {start, stop, step};  // ends that were left out are the largest or smallest numbers, and clamped
}

Selection select(const PyImage& image, const py::handle& key) {
  const Expression expression = parse(key);
  const int rank = image.array().rank();
  if (expression.indexed_axes > rank)
    throw py::index_error("too many indices for image: image is " + std::to_string(rank) + "-dimensional, but " +
                          std::to_string(expression.indexed_axes) + " were indexed");
  Selection selection{image};
  PyImage& selected = selection.image;
  int axis = 0;      // of `selected`
  int old_axis = 0;  // of `image`
  int position = 0;  // in the result
  std::vector<int> new_axes;
  for (const py::object& item : expression.items) {
    if (item.is_none()) {
      new_axes.push_back(position++);
    } else if (is_ellipsis(item)) {
      const int kept = rank - expression.indexed_axes;
      axis += kept, old_axis += kept, position += kept;
    } else if (is_slice(item)) {
      selected = selected.slice(axis, slice_of(item));
      ++axis, ++old_axis, ++position;
    } else {
      const std::ptrdiff_t i = index_argument(item, selected.array().extent(axis), "axis " + std::to_string(old_axis));
      selected = selected.index(axis, i);
      ++old_axis;
    }
  }
  if (selected.array().rank() + expression.new_axes > Layout::max_rank)
    throw py::index_error("an image has at most " + std::to_string(Layout::max_rank) + " axes");
  for (const int at : new_axes) selected = selected.insert_axis(at);
  selection.is_element = selected.array().rank() == 0 && !expression.has_ellipsis;
  return selection;
}

void bind_indexing(ImageClass& image) {
  image.def("__getitem__", get_item, py::arg("key"), R"(
img[key]: a view of the same memory, by NumPy's basic indexing.

Integers drop an axis, slices with any step keep part of it, None adds an axis of size 1, "..." stands for all axes
that are left. Always an Image, however the memory lies, which keeps the memory alive; only a full index, an integer
for each axis, gives an int or float. As in NumPy, img[1, 2, ...] is an image without axes.

IndexError: an integer is out of bounds, or there are too many indices. TypeError: masks, lists and arrays, which take a
copy; img.numpy()[mask] does that.)");
  image.def("__setitem__", set_item, py::arg("key"), py::arg("value"), R"(
img[key] = value: writes the elements that img[key] shows, and nothing else.

value: a number, an image, any object with a buffer or `__array__`, or nested lists and tuples of all these. It is
repeated to the shape of img[key] by NumPy's rules of broadcasting. A value that overlaps the elements it is written
to is as if it had been read first (img[1:] = img[:-1] moves rows down by one).

No value is changed in silence. Integers go into integer elements that can hold them; OverflowError names one
that does not fit. Floats do not go into integer elements (TypeError): astype rounds and clamps them. What
goes into floating point becomes the nearest value, which is infinity when it is too large (OverflowError for an int
that is too large for any float). Truth values are 0 and 1. Nothing is written when an error is raised.

ValueError: the memory is read-only, the shape does not broadcast, or img[key] shows one element at several indices.)");
  image.def(
      "__delitem__",
      [](const PyImage&, const py::handle&) { throw py::type_error("elements of an image cannot be deleted"); },
      py::arg("key"), "Always a TypeError: an image's memory has the size it has.");
  image.def("__iter__", iterate, "Iterates over img[0], img[1], ...: views, or numbers when there is one axis.");
  image.def("__contains__", contains, py::arg("value"), R"(
number in img: whether some element equals it.)");
}

}  // namespace imgbuf::python
