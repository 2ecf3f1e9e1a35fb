#include <pybind11/pybind11.h>

#include "imgbuf/version.hpp"
#include "python/bindings.hpp"
#include "python/buffer_export.hpp"
#include "python/errors.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// `bf_getbuffer` of `imgbuf.Image`: strided or not at all, so that NumPy goes on to `__array__`.
int get_buffer(PyObject* self, Py_buffer* view, int flags) noexcept try {
  return export_buffer(self, py::cast<const PyImage&>(py::handle(self)).strided(), view, flags);
} catch (const Error& error) {
  return refuse_buffer(view, error.what());
} catch (...) {
  return refuse_buffer(view, "the image has no buffer");
}

/// The library's global state is one a process, and its keepers take the one GIL.
void require_main_interpreter() {
  if (PyInterpreterState_Get() != PyInterpreterState_Main())
    throw py::import_error("imgbuf cannot be used in a sub-interpreter");
#ifdef Py_GIL_DISABLED
  throw py::import_error("imgbuf cannot be used without the global interpreter lock");
#endif
}

}  // namespace

}  // namespace imgbuf::python

PYBIND11_MODULE(_imgbuf, module) {
  using namespace imgbuf::python;
  require_main_interpreter();
  module.attr("__version__") = imgbuf::version();
  translate_errors(py::module_::import("imgbuf._errors"));

  ImageClass image(module, "Image", py::custom_type_setup(exports_buffer<get_buffer>), py::module_local(), R"(
Elements in memory of any shape and layout: one block, row pointers, planes, strips, or views of them.

An image shares its memory: indexing, slicing, transposing and flipping make views, and what is written
through one is seen through all. It never copies in silence.)");
  bind_arrays(module, image);
  bind_attributes(image);
  bind_dlpack(module, image);
  bind_files(module, image);
  bind_handoff(module, image);
  bind_imports(module);
  bind_indexing(image);
  bind_info(module, image);
  bind_notebook(image);
  bind_pillow(module, image);
  bind_views(image);
}
