#include "python/axis_argument.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "imgbuf/error.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

int axis_of_name(const PyImage& image, const std::string& name) {
  const auto axes = image.axes();
  const auto found = std::find_if(axes.begin(), axes.end(),
                                  [&name](AxisName axis) { return axis != AxisName::none && to_string(axis) == name; });
  if (found != axes.end()) return static_cast<int>(found - axes.begin());
  std::string names;
  for (const AxisName axis : axes)
    if (axis != AxisName::none) names += (names.empty() ? "" : ", ") + std::string(to_string(axis));
  throw Error(ErrorCode::invalid_argument,
              "no axis '" + name + "'; " + (names.empty() ? "no axis has a name" : "named are " + names));
}

}  // namespace

bool is_integer(const py::handle& object) {
  // NumPy's truth value has an `__index__` that warns.
  const std::string_view type = Py_TYPE(object.ptr())->tp_name;
  return PyIndex_Check(object.ptr()) != 0 && !PyBool_Check(object.ptr()) && type != "numpy.bool_" &&
         type != "numpy.bool";
}

std::ptrdiff_t index_argument(const py::handle& index, std::ptrdiff_t extent, const std::string& what) {
  const Py_ssize_t i = PyNumber_AsSsize_t(index.ptr(), PyExc_IndexError);
  if (i == -1 && PyErr_Occurred()) throw py::error_already_set();
  const std::ptrdiff_t counted = i < 0 ? i + extent : i;
  if (counted < 0 || counted >= extent)
    throw py::index_error("index " + std::to_string(i) + " is out of bounds for " + what + " with size " +
                          std::to_string(extent));
  return counted;
}

int axis_argument(const PyImage& image, const py::handle& axis) {
  if (PyUnicode_Check(axis.ptr())) return axis_of_name(image, axis.cast<std::string>());
  if (!is_integer(axis))
    throw py::type_error("an axis is a number or a name, not '" + std::string(Py_TYPE(axis.ptr())->tp_name) + "'");
  const Py_ssize_t number = PyNumber_AsSsize_t(axis.ptr(), PyExc_IndexError);
  if (number == -1 && PyErr_Occurred()) throw py::error_already_set();
  const int rank = image.array().rank();
  if (number < -rank || number >= rank)
    throw py::index_error("axis " + std::to_string(number) + " is out of bounds for an image of " +
                          std::to_string(rank) + " axes");
  return static_cast<int>(number < 0 ? number + rank : number);
}

}  // namespace imgbuf::python
