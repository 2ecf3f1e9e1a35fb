#include "python/assigned_value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/assigned_list.hpp"
#include "python/buffer_import.hpp"
#include "python/integer_range.hpp"
#include "python/numbers.hpp"
#include "python/py_image.hpp"
#include "python/wide_integers.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

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

/// Truth values as Python reads them: every byte but 0 is true.
Array truth_values(std::shared_ptr<Py_buffer> buffer) {
  const Array bytes = array_over(std::move(buffer), "B");
  const WithoutGil unlocked;
  const Array result = Array::allocate(bytes.layout().shape(), ElementType::u8);
  transform(
      Context(), [](std::uint8_t byte) { return static_cast<std::uint8_t>(byte != 0); },
      seen_as<std::uint8_t>(result.view()), seen_as<const std::uint8_t>(bytes.const_view()));
  return result;
}

Array of_buffer(const py::handle& value, ElementType target) {
  std::shared_ptr<Py_buffer> buffer = acquire_buffer(value);
  const std::string_view format = format_of(*buffer);
  if (buffer->itemsize == 1 && format.ends_with('?')) return truth_values(std::move(buffer));
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
  *reinterpret_cast<double*>(result.view().origin()) = number_for(value, target);
  return result;
}

}  // namespace

Array assigned_value(const py::handle& value, Format target) {
  const ElementType type = target.type();
  if (py::isinstance<PyImage>(value)) return checked(value.cast<const PyImage&>().array(), type);
  if (PyFloat_Check(value.ptr()) || PyLong_Check(value.ptr())) return of_number(value, type);
  if (is_list(value)) return assigned_list(value, target);
  if (is_time(value)) throw py::type_error("dates and times are no numbers");
  if (PyObject_CheckBuffer(value.ptr())) return of_buffer(value, type);
  if (py::hasattr(value, "__array__") || py::hasattr(value, "__array_interface__"))
    return of_buffer(py::module_::import("numpy").attr("asarray")(value), type);
  return of_number(value, type);
}

}  // namespace imgbuf::python
