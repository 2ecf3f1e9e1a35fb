#include "python/texts.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

py::object owned(PyObject* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

std::string encoded(const py::handle& text, const char* encoding, const char* errors) {
  if (!py::isinstance<py::str>(text))
    throw py::type_error("a str is needed, not " + py::repr(text).cast<std::string>());
  return owned(PyUnicode_AsEncodedString(text.ptr(), encoding, errors)).cast<std::string>();
}

}  // namespace

py::object utf8_to_python(const std::string& bytes) {
  return owned(PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape"));
}

py::object latin1_to_python(const std::string& bytes) {
  return owned(PyUnicode_DecodeLatin1(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), nullptr));
}

std::string utf8_of(const py::handle& text) {
  return encoded(text, "utf-8", "surrogateescape");
}

std::string latin1_of(const py::handle& text) {
  return encoded(text, "latin-1", "strict");
}

std::string listed(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string shape_text(const Layout& layout) {
  std::string text;
  for (const Axis& axis : layout.axes()) text += (text.empty() ? "" : ", ") + std::to_string(axis.extent);
  return "(" + text + (layout.rank() == 1 ? ",)" : ")");
}

std::string elements_text(Format format, std::span<const std::string> channels) {
  std::string text(to_string(format.type()));
  if (!format.is_native()) text += format.byte_order() == ByteOrder::big ? " big-endian" : " little-endian";
  for (std::size_t c = 0; c < channels.size(); ++c) text += (c == 0 ? " " : "+") + channels[c];
  return text;
}

HeldBuffer::HeldBuffer(const py::handle& buffer) {
  if (PyObject_GetBuffer(buffer.ptr(), &view_, PyBUF_SIMPLE) != 0) throw py::error_already_set();
}

}  // namespace imgbuf::python
