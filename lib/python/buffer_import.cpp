#include "python/buffer_import.hpp"

#include <span>
#include <utility>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/vstack.hpp"
#include "python/references.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

std::span<const std::ptrdiff_t> values(const Py_ssize_t* begin, int count) noexcept {
  return {begin, begin ? static_cast<std::size_t>(count) : 0};
}

Array import(const py::object& exporter) {
  std::shared_ptr<Py_buffer> buffer = acquire_buffer(exporter);
  const std::string_view format = format_of(*buffer);
  return array_over(std::move(buffer), format);
}

}  // namespace

std::shared_ptr<Py_buffer> acquire_buffer(const py::handle& exporter) {
  return hold_buffer(exporter.ptr(), PyBUF_FULL_RO);
}

bool has_truth_values(std::string_view format) noexcept {
  bool is_name = false;  // of a structure's field, between colons
  for (const char c : format) {
    if (c == ':') is_name = !is_name;
    if (c == '?' && !is_name) return true;
  }
  return false;
}

std::string_view format_of(const Py_buffer& buffer) noexcept {
  return buffer.format ? buffer.format : "B";
}

Array array_over(std::shared_ptr<Py_buffer> buffer, std::string_view format) {
  const ImportedBuffer imported =
      import_buffer(values(buffer->shape, buffer->ndim), values(buffer->strides, buffer->ndim),
                    values(buffer->suboffsets, buffer->ndim), format, buffer->itemsize);
  auto* const origin = static_cast<std::byte*>(buffer->buf);
  const Access access = buffer->readonly || has_truth_values(format) ? Access::read_only : Access::read_write;
  return Array::trusted(origin, imported.layout, imported.item.format, std::move(buffer), access);
}

PyImage from_buffer(const py::object& exporter) {
  if (py::isinstance<PyImage>(exporter)) return exporter.cast<const PyImage&>();
  return PyImage(import(exporter));
}

PyImage from_rows(const py::iterable& rows) {
  std::vector<Array> parts;
  for (const py::handle row : rows) parts.push_back(import(py::reinterpret_borrow<py::object>(row)).insert_axis(0));
  return PyImage(vstack(parts));
}

}  // namespace imgbuf::python
