#include "python/file_objects.hpp"

#include <cerrno>

#include "imgbuf/error.hpp"
#include "python/texts.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

std::string bytes_of(PyObject* bytes) {
  if (bytes == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::bytes>(bytes).cast<std::string>();
}

}  // namespace

bool is_path(const py::handle& object) {
  return py::isinstance<py::str>(object) || py::hasattr(py::type::handle_of(object), "__fspath__");
}

std::string path_bytes(const py::object& path) {
  PyObject* bytes = nullptr;
  if (PyUnicode_FSConverter(path.ptr(), &bytes) == 0) throw py::error_already_set();
  return bytes_of(bytes);
}

py::object open_file(const py::object& path, const char* mode) {
  const py::object plain = py::module_::import("os").attr("fspath")(path);
  try {
    return py::module_::import("io").attr("FileIO")(plain, mode);
  } catch (const py::error_already_set& error) {
    if (!error.matches(PyExc_OSError)) throw;
    // One with a file name is of the call itself, others are what a signal's handler or an audit hook raised.
    const py::object number = py::getattr(error.value(), "errno", py::none());
    if (!py::isinstance<py::int_>(number) || error.value().attr("filename").is_none()) throw;
    throw Error(ErrorCode::io_failure, utf8_of(py::str(error.value().attr("strerror"))), path_bytes(path),
                number.cast<int>());
  }
}

std::shared_ptr<void> close_in_the_end(py::object file) {
  return std::shared_ptr<void>(file.release().ptr(), [](void* kept) {
    const WithGil locked;
    const py::error_scope error_put_aside;
    const auto closed = py::reinterpret_steal<py::object>(static_cast<PyObject*>(kept));
    try {
      closed.attr("close")();
    } catch (py::error_already_set& error) {
      error.discard_as_unraisable(closed);
    }
  });
}

std::string name_of_file(const py::object& file) {
  const py::object name = py::getattr(file, "name", py::none());
  return is_path(name) ? path_bytes(name) : type_name(file);
}

std::size_t count_of(const py::object& result) {
  if (result.is_none()) throw_would_block();
  const Py_ssize_t count = PyNumber_AsSsize_t(result.ptr(), PyExc_OverflowError);
  if (count == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  if (count < 0) throw py::value_error("the file object says " + std::to_string(count) + " bytes");
  return static_cast<std::size_t>(count);
}

void throw_would_block() {
  errno = EAGAIN;
  PyErr_SetFromErrno(PyExc_OSError);
  throw py::error_already_set();
}

std::string type_name(const py::handle& object) {
  return Py_TYPE(object.ptr())->tp_name;
}

}  // namespace imgbuf::python
