#include "python/element_access.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "python/integer_range.hpp"
#include "python/py_image.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

constexpr int most_axes = 4;

/// The slots that Python's own class machinery made of the methods.
binaryfunc general_get = nullptr;
objobjargproc general_set = nullptr;

using Bytes = std::array<std::byte, 8>;

const PyImage& image_of(PyObject* self) {
  return py::cast<const PyImage&>(py::handle(self));
}

/// The index that a Python int is, counted from the start; none when it is no such int, or outside.
std::optional<std::ptrdiff_t> plain_index(PyObject* item, std::ptrdiff_t extent) {
  if (PyLong_CheckExact(item) == 0) return {};
  int overflow = 0;
  long long index = PyLong_AsLongLongAndOverflow(item, &overflow);
  if (index < 0) index += extent;
  if (overflow != 0 || index < 0 || index >= extent) return {};
  return static_cast<std::ptrdiff_t>(index);
}

/// The address of the element that a key of ints alone means; null for other keys.
std::byte* element_address(const Array& array, PyObject* key) {
  const std::span<const Axis> axes = array.layout().axes();
  std::array<std::ptrdiff_t, most_axes> index{};
  const bool is_tuple = PyTuple_CheckExact(key) != 0;
  const std::size_t count = is_tuple ? static_cast<std::size_t>(PyTuple_GET_SIZE(key)) : 1;
  if (count != axes.size() || count > index.size() || count == 0) return nullptr;
  for (std::size_t a = 0; a < count; ++a) {
    PyObject* const item = is_tuple ? PyTuple_GET_ITEM(key, static_cast<Py_ssize_t>(a)) : key;
    const std::optional<std::ptrdiff_t> i = plain_index(item, axes[a].extent);
    if (!i) return nullptr;
    index[a] = *i;
  }
  auto* const origin = const_cast<std::byte*>(array.const_view().origin());
  return array.layout().address(origin, std::span(index.data(), count));
}

/// Between the bytes in memory and those of the machine.
void swap_if_foreign(Bytes& bytes, Format format) {
  if (!format.is_native()) std::reverse(bytes.begin(), bytes.begin() + format.itemsize());
}

template <class T>
T value_in(const Bytes& bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// A new reference, or null for elements of a type that only the general way knows.
PyObject* number_at(const std::byte* element, Format format) {
  Bytes bytes{};
  std::memcpy(bytes.data(), element, static_cast<std::size_t>(format.itemsize()));
  swap_if_foreign(bytes, format);
  switch (format.type()) {
    case ElementType::u8:
      return PyLong_FromLong(value_in<std::uint8_t>(bytes));
    case ElementType::i8:
      return PyLong_FromLong(value_in<std::int8_t>(bytes));
    case ElementType::u16:
      return PyLong_FromLong(value_in<std::uint16_t>(bytes));
    case ElementType::i16:
      return PyLong_FromLong(value_in<std::int16_t>(bytes));
    case ElementType::u32:
      return PyLong_FromUnsignedLong(value_in<std::uint32_t>(bytes));
    case ElementType::i32:
      return PyLong_FromLong(value_in<std::int32_t>(bytes));
    case ElementType::f32:
      return PyFloat_FromDouble(static_cast<double>(value_in<float>(bytes)));
    case ElementType::f64:
      return PyFloat_FromDouble(value_in<double>(bytes));
    case ElementType::f16:
      return nullptr;
  }
  return nullptr;
}

/// The element that a Python int or float is; none for values that take, or are refused by, the general way.
std::optional<Bytes> element_of(PyObject* value, Format format) {
  Bytes bytes{};
  if (PyFloat_CheckExact(value) != 0) {
    const double real = PyFloat_AS_DOUBLE(value);
    const auto narrow = static_cast<float>(real);
    if (format.type() == ElementType::f64)
      std::memcpy(bytes.data(), &real, sizeof real);
    else if (format.type() == ElementType::f32)
      std::memcpy(bytes.data(), &narrow, sizeof narrow);
    else
      return {};
  } else {
    if (PyLong_CheckExact(value) == 0 || is_floating_point(format.type())) return {};
    int overflow = 0;
    const std::int64_t integer = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0 || !range_of(format.type()).holds(integer)) return {};
    // The low bytes are the element, in two's complement too.
    std::memcpy(bytes.data(), &integer, sizeof integer);
    if constexpr (native_byte_order == ByteOrder::big)
      std::rotate(bytes.begin(), bytes.end() - format.itemsize(), bytes.end());
  }
  swap_if_foreign(bytes, format);
  return bytes;
}

PyObject* get_element(PyObject* self, PyObject* key) {
  const Array& array = image_of(self).array();
  const std::byte* const element = element_address(array, key);
  PyObject* const number = element ? number_at(element, array.format()) : nullptr;
  return number ? number : general_get(self, key);
}

int set_element(PyObject* self, PyObject* key, PyObject* value) {
  const Array& array = image_of(self).array();
  if (value && !array.is_read_only()) {
    std::byte* const element = element_address(array, key);
    const std::optional<Bytes> bytes = element ? element_of(value, array.format()) : std::nullopt;
    if (bytes) {
      std::memcpy(element, bytes->data(), static_cast<std::size_t>(array.format().itemsize()));
      return 0;
    }
  }
  return general_set(self, key, value);
}

}  // namespace

void make_element_access_direct(const py::handle& image) {
  PyMappingMethods* const slots = reinterpret_cast<PyTypeObject*>(image.ptr())->tp_as_mapping;
  general_get = std::exchange(slots->mp_subscript, get_element);
  general_set = std::exchange(slots->mp_ass_subscript, set_element);
}

}  // namespace imgbuf::python
