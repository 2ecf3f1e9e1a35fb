#include "python/numbers.hpp"

#include <cmath>
#include <string>

#include "python/integer_range.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

double checked_double(PyObject* number) {
  const double real = PyFloat_AsDouble(number);
  if (real == -1 && PyErr_Occurred()) throw py::error_already_set();
  return real;
}

/// An integer of more than 64 bits as the nearest float. Its first bits decide, and whether any other is set.
double nearest_float(const py::int_& integer) {
  (void)checked_double(integer.ptr());  // what no double reaches is an error
  constexpr int kept_bits = 62;
  const int dropped_bits = integer.attr("bit_length")().cast<int>() - kept_bits;
  const py::object first = integer >> py::int_(dropped_bits);
  const bool is_exact = (first << py::int_(dropped_bits)).equal(integer);
  const long long bits = first.cast<long long>() | (is_exact ? 0 : 1);
  return std::ldexp(static_cast<double>(static_cast<float>(bits)), dropped_bits);
}

double nearest_real(const py::int_& integer, ElementType elements) {
  if (elements != ElementType::f32) return checked_double(integer.ptr());
  int overflow = 0;
  const long long narrow = PyLong_AsLongLongAndOverflow(integer.ptr(), &overflow);
  return overflow == 0 ? static_cast<double>(static_cast<float>(narrow)) : nearest_float(integer);
}

double exact_integer(const py::int_& integer, ElementType elements) {
  int overflow = 0;
  const long long narrow = PyLong_AsLongLongAndOverflow(integer.ptr(), &overflow);
  if (overflow != 0) refuse_integer("an integer of more than 64 bits", elements);
  if (!range_of(elements).holds(narrow)) refuse_integer(std::to_string(narrow), elements);
  return static_cast<double>(narrow);
}

/// Whether float(value) is what an author of the type meant: not for complex numbers, which lose a part by it.
bool has_float(const py::handle& value) {
  const PyNumberMethods* const number = Py_TYPE(value.ptr())->tp_as_number;
  return number && number->nb_float && PyComplex_Check(value.ptr()) == 0;
}

}  // namespace

double number_for(const py::handle& value, ElementType elements) {
  const std::string type = Py_TYPE(value.ptr())->tp_name;
  const bool is_real = is_floating_point(elements);
  if (PyIndex_Check(value.ptr()) != 0) {
    const auto integer = py::reinterpret_steal<py::int_>(PyNumber_Index(value.ptr()));
    if (!integer) throw py::error_already_set();
    return is_real ? nearest_real(integer, elements) : exact_integer(integer, elements);
  }
  if (!has_float(value))
    throw py::type_error("cannot assign '" + type +
                         "': elements are set to numbers, images, buffers, and nested lists of them");
  if (!is_real)
    throw py::type_error("a " + (PyFloat_Check(value.ptr()) != 0 ? "float" : type) + " does not go into " +
                         std::string(to_string(elements)) + " elements: round it to an int first");
  return checked_double(value.ptr());
}

}  // namespace imgbuf::python
