#include "python/assigned_value.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/axis_argument.hpp"
#include "python/buffer_import.hpp"
#include "python/integer_range.hpp"
#include "python/py_image.hpp"
#include "python/wide_integers.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

bool is_float(const py::handle& value) {
  return PyFloat_Check(value.ptr()) != 0;
}

bool is_list(const py::handle& value) {
  return PyList_Check(value.ptr()) || PyTuple_Check(value.ptr()) || PyRange_Check(value.ptr());
}

[[noreturn]] void refuse_float(ElementType target) {
  throw py::type_error("a float does not go into " + std::string(to_string(target)) +
                       " elements: round it to an int first");
}

/// A number as a double, which is exact when the target is no floating point.
double number(const py::handle& value, ElementType target) {
  if (is_float(value)) {
    if (!is_floating_point(target)) refuse_float(target);
    return PyFloat_AS_DOUBLE(value.ptr());
  }
  if (PyIndex_Check(value.ptr()) == 0)
    throw py::type_error("cannot assign '" + std::string(Py_TYPE(value.ptr())->tp_name) +
                         "': elements are set to numbers, images, buffers, and nested lists of numbers");
  const auto integer = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!integer) throw py::error_already_set();
  if (is_floating_point(target)) {
    const double real = PyLong_AsDouble(integer.ptr());
    if (real == -1 && PyErr_Occurred()) throw py::error_already_set();
    return real;
  }
  int overflow = 0;
  const long long narrow = PyLong_AsLongLongAndOverflow(integer.ptr(), &overflow);
  if (overflow != 0) refuse_integer("an integer of more than 64 bits", target);
  if (!range_of(target).holds(narrow)) refuse_integer(std::to_string(narrow), target);
  return static_cast<double>(narrow);
}

/// The numbers of nested lists in C order, and their shape, which is that of the first of each depth.
class ListReader {
 public:
  ListReader(const py::handle& list, ElementType target) : target_(target) {
    for (auto inner = py::reinterpret_borrow<py::object>(list); is_list(inner);) {
      if (shape_.size() == Layout::max_rank) throw Error(ErrorCode::invalid_argument, "lists nested more than 64 deep");
      const auto length = static_cast<std::ptrdiff_t>(py::len(inner));
      shape_.push_back(length);
      if (length == 0) break;
      inner = inner[py::int_(0)];
    }
    read(list, 0);
  }

  [[nodiscard]] Array array() const {
    Array result = Array::allocate(shape_, ElementType::f64);
    if (result.layout().element_count() != static_cast<std::ptrdiff_t>(numbers_.size()))
      throw Error(ErrorCode::invalid_argument, "a list changed while it was read");
    std::copy(numbers_.begin(), numbers_.end(), reinterpret_cast<double*>(result.view().origin()));
    return result;
  }

 private:
  void read(const py::handle& value, std::size_t depth) {
    const bool is_whole = is_list(value) == (depth < shape_.size());
    if (!is_whole || (is_list(value) && static_cast<std::ptrdiff_t>(py::len(value)) != shape_[depth]))
      throw Error(ErrorCode::invalid_argument, "nested lists of unequal lengths at depth " + std::to_string(depth));
    if (depth == shape_.size()) {
      numbers_.push_back(number(value, target_));
      return;
    }
    for (const py::handle item : value) read(item, depth + 1);
  }

  ElementType target_;
  std::vector<std::ptrdiff_t> shape_;
  std::vector<double> numbers_;
};

Array checked(Array array, ElementType target) {
  const ElementType type = array.format().type();
  if (is_floating_point(target)) return array;
  if (is_floating_point(type))
    throw Error(ErrorCode::format_mismatch, std::string(to_string(type)) + " elements do not go into " +
                                                std::string(to_string(target)) +
                                                ": convert them first, as astype does, which rounds and clamps");
  const WithoutGil unlocked;
  require_fits(array, target);
  return array;
}

Array of_buffer(const py::handle& value, ElementType target) {
  std::shared_ptr<Py_buffer> buffer = acquire_buffer(value);
  const std::string_view format = format_of(*buffer);
  if (const std::optional<WideIntegers> wide = parse_wide_integers(format))
    return narrowed(std::move(buffer), *wide, target);
  return checked(array_over(std::move(buffer), format), target);
}

/// NumPy's datetime64 and timedelta64, whose buffers are bytes like any others.
bool is_time(const py::handle& value) {
  if (!py::hasattr(value, "dtype")) return false;
  const py::object kind = py::getattr(value.attr("dtype"), "kind", py::none());
  return kind.equal(py::str("m")) || kind.equal(py::str("M"));
}

Array of_number(const py::handle& value, ElementType target) {
  const Array result = Array::allocate({}, ElementType::f64);
  *reinterpret_cast<double*>(result.view().origin()) = number(value, target);
  return result;
}

}  // namespace

Array assigned_value(const py::handle& value, Format target) {
  const ElementType type = target.type();
  if (py::isinstance<PyImage>(value)) return checked(value.cast<const PyImage&>().array(), type);
  if (is_float(value) || PyLong_Check(value.ptr())) return of_number(value, type);
  if (is_list(value)) return ListReader(value, type).array();
  if (is_time(value)) throw py::type_error("dates and times are no numbers");
  if (PyObject_CheckBuffer(value.ptr())) return of_buffer(value, type);
  if (py::hasattr(value, "__array__") || py::hasattr(value, "__array_interface__"))
    return of_buffer(py::module_::import("numpy").attr("asarray")(value), type);
  return of_number(value, type);
}

}  // namespace imgbuf::python
