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

/// A buffer with everything that the exporter can say. Its `readonly` tells whether it may be written: an exporter must
/// say the same to all consumers, whether they ask for writable memory or not.
std::shared_ptr<Py_buffer> acquire(const py::object& exporter) {
  Py_buffer view{};
  if (PyObject_GetBuffer(exporter.ptr(), &view, PyBUF_FULL_RO) != 0) throw py::error_already_set();
  return keep(view);
}

std::span<const std::ptrdiff_t> values(const Py_ssize_t* begin, int count) noexcept {
  return {begin, begin ? static_cast<std::size_t>(count) : 0};
}

Array import(const py::object& exporter) {
  std::shared_ptr<Py_buffer> view = acquire(exporter);
  const ImportedBuffer imported =
      import_buffer(values(view->shape, view->ndim), values(view->strides, view->ndim),
                    values(view->suboffsets, view->ndim), view->format ? view->format : "B", view->itemsize);
  auto* const origin = static_cast<std::byte*>(view->buf);
  const Access access = view->readonly ? Access::read_only : Access::read_write;
  return Array::trusted(origin, imported.layout, imported.item.format, std::move(view), access);
}

}  // namespace

PyImage from_buffer(const py::object& exporter) {
  return PyImage(import(exporter));
}

PyImage from_rows(const py::iterable& rows) {
  std::vector<Array> parts;
  for (const py::handle row : rows) parts.push_back(import(py::reinterpret_borrow<py::object>(row)).insert_axis(0));
  return PyImage(vstack(parts));
}

}  // namespace imgbuf::python
