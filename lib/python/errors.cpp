#include "python/errors.hpp"

#include <string>

#include "imgbuf/error.hpp"
#include "python/texts.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// The function of `imgbuf._errors` that makes an exception; lives as long as the process.
PyObject* make_exception = nullptr;

void raise(const Error& error) {
  const auto make = py::reinterpret_borrow<py::object>(make_exception);
  const py::object exception = make(std::string(to_string(error.code())), utf8_to_python(error.reason()),
                                    utf8_to_python(error.place()), error.system_error());
  PyErr_SetObject(py::type::handle_of(exception).ptr(), exception.ptr());
}

}  // namespace

void translate_errors(const py::module_& errors) {
  make_exception = py::object(errors.attr("make")).release().ptr();
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Error& error) {
      try {
        raise(error);
      } catch (py::error_already_set& failure) {
        failure.restore();
      }
    }
  });
}

}  // namespace imgbuf::python
