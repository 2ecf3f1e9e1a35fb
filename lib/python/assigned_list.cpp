#include "python/assigned_list.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/assigned_value.hpp"
#include "python/element_conversion.hpp"
#include "python/numbers.hpp"
#include "python/py_image.hpp"
#include "python/texts.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

bool is_plain_number(const py::handle& value) {
  return PyLong_Check(value.ptr()) || PyFloat_Check(value.ptr());
}

[[noreturn]] void refuse_depth() {
  throw Error(ErrorCode::invalid_argument, "lists nested more than 64 deep");
}

/// The numbers of nested lists in C order, and their shape, which is that of the first of each depth.
class NumberReader {
 public:
  NumberReader(const py::handle& list, ElementType target) : target_(target) {
    for (auto inner = py::reinterpret_borrow<py::object>(list); is_list(inner);) {
      if (shape_.size() == Layout::max_rank) refuse_depth();
      const auto length = static_cast<std::ptrdiff_t>(py::len(inner));
      shape_.push_back(length);
      if (length == 0) break;
      inner = inner[py::int_(0)];
    }
    is_all_numbers_ = read(list, 0);
  }

  /// None when there are arrays among the numbers.
  [[nodiscard]] std::optional<Array> array() const {
    if (!is_all_numbers_) return {};
    Array result = Array::allocate(shape_, ElementType::f64);
    if (result.layout().element_count() != static_cast<std::ptrdiff_t>(numbers_.size()))
      throw Error(ErrorCode::invalid_argument, "a list changed while it was read");
    std::copy(numbers_.begin(), numbers_.end(), reinterpret_cast<double*>(result.view().origin()));
    return result;
  }

 private:
  /// @return false, without an error for the shapes, once an array is met
  bool read(const py::handle& value, std::size_t depth) {
    const bool is_inner = is_list(value);
    if (!is_inner && !is_plain_number(value) && is_array_like(value)) return false;
    const bool fits = is_inner == (depth < shape_.size()) &&
                      (!is_inner || static_cast<std::ptrdiff_t>(py::len(value)) == shape_[depth]);
    if (!fits) {
      if (holds_array(value, depth)) return false;
      throw Error(ErrorCode::invalid_argument, "nested lists of unequal lengths at depth " + std::to_string(depth));
    }
    if (!is_inner) {
      numbers_.push_back(number_for(value, target_));
      return true;
    }
    for (const py::handle item : value)
      if (!read(item, depth + 1)) return false;
    return true;
  }

  /// Lists beside arrays are as deep as those need them.
  static bool holds_array(const py::handle& value, std::size_t depth) {
    if (!is_list(value)) return !is_plain_number(value) && is_array_like(value);
    if (depth == Layout::max_rank) refuse_depth();
    return std::any_of(value.begin(), value.end(),
                       [&](const py::handle& item) { return holds_array(item, depth + 1); });
  }

  ElementType target_;
  std::vector<std::ptrdiff_t> shape_;
  std::vector<double> numbers_;
  bool is_all_numbers_ = false;
};

/// Lists, arrays and numbers of equal shapes one after the other.
Array stacked(const py::handle& list, Format target, int depth) {
  if (depth == Layout::max_rank) refuse_depth();
  std::vector<Array> parts;
  for (const py::handle item : list)
    parts.push_back(is_list(item) ? stacked(item, target, depth + 1) : assigned_value(item, target));
  std::vector<std::ptrdiff_t> shape{static_cast<std::ptrdiff_t>(parts.size())};
  if (!parts.empty()) {
    const auto inner = parts[0].layout().shape();
    shape.insert(shape.end(), inner.begin(), inner.end());
  }
  for (const Array& part : parts)
    if (shape_text(part.layout()) != shape_text(parts[0].layout()))
      throw Error(ErrorCode::invalid_argument, "a list of values of unequal shapes: " + shape_text(parts[0].layout()) +
                                                   " and " + shape_text(part.layout()));
  const Array result = Array::allocate(shape, ElementType::f64);  // which holds every element
  for (std::size_t i = 0; i < parts.size(); ++i)
    convert(result.view().index(0, static_cast<std::ptrdiff_t>(i)), parts[i].const_view(), Context());
  return result;
}

}  // namespace

bool is_list(const py::handle& value) {
  return PyList_Check(value.ptr()) || PyTuple_Check(value.ptr()) || PyRange_Check(value.ptr());
}

bool is_array_like(const py::handle& value) {
  return py::isinstance<PyImage>(value) || PyObject_CheckBuffer(value.ptr()) || py::hasattr(value, "__array__") ||
         py::hasattr(value, "__array_interface__");
}

Array assigned_list(const py::handle& list, Format target) {
  if (std::optional<Array> numbers = NumberReader(list, target.type()).array()) return *std::move(numbers);
  return stacked(list, target, 1);
}

}  // namespace imgbuf::python
