#include <pybind11/pybind11.h>

#include "imgbuf/version.hpp"
#include "python/bindings.hpp"
#include "python/buffer_export.hpp"
#include "python/element_access.hpp"
#include "python/errors.hpp"
#include "python/native_functions.hpp"

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

/// Why the module cannot be used in the interpreter that imports it; null when it can. The library's global state is one
/// a process, and its keepers take the one GIL.
const char* reason_against_interpreter() noexcept {
#ifdef Py_GIL_DISABLED
  return "imgbuf cannot be used without the global interpreter lock";
#else
  if (PyInterpreterState_Get() != PyInterpreterState_Main()) return "imgbuf cannot be used in a sub-interpreter";
  return nullptr;
#endif
}

void bind_all(py::module_& module) {
  const py::object package = module.attr("__name__").attr("rpartition")(".")[py::int_(0)];
  module.attr("__module__") = package;  // for the classes, which are public there
  module.attr("__version__") = imgbuf::version();
  // For the package: CPython gives a second interpreter what the first one imported, and calls nothing here.
  module.def("_require_interpreter", [] {
    if (const char* const reason = reason_against_interpreter()) throw py::import_error(reason);
  });
  translate_errors(py::module_::import("imgbuf._errors"));

  ImageClass image(module, "Image", py::custom_type_setup(exports_buffer<get_buffer>), py::module_local(), R"(
Elements in memory of any shape and layout: one block, row pointers, planes, strips, or views of them.

An image shares its memory: indexing, slicing, transposing and flipping make views, and what is written
through one is seen through all. It never copies in silence.

    image = imgbuf.open("photo.jpg")            # also empty, zeros, from_buffer, from_rows, from_pillow, from_dlpack, vstack
    array = numpy.asarray(image)                # the same memory wherever that can be
    image[100:200, :, 0] = 255                  # NumPy's basic indexing, read and written, on any layout
    print(image.explain("numpy"))               # shared, rewired or copied, and why, before anything happens
    image[::-1].crop(0, 0, 640, 480).save("corner.png")

Images compare by identity: img == other is not elementwise (NumPy's array == img is). For that, for arithmetic and for
pickling there is img.numpy(). bool(img) is an error unless there is one element.

The memory lives as long as any image, array, memoryview or capsule over it.)");
  bind_arrays(module, image);
  bind_attributes(image);
  bind_dlpack(module, image);
  bind_files(module, image);
  bind_grid(module);
  bind_handoff(module, image);
  bind_imports(module);
  bind_indexing(image);
  bind_info(module, image);
  bind_layout(module, image);
  bind_measure(module, image);
  bind_notebook(image);
  bind_pillow(module, image);
  bind_samples(image);
  bind_stack(module);
  bind_views(image);
  make_functions_native(module, package);
  make_element_access_direct(image);
  py::delattr(module, "__module__");
}

}  // namespace

}  // namespace imgbuf::python

/// What CPython calls at import. Not pybind11's macro, whose first step waits for a lock for ever in a sub-interpreter.
PYBIND11_PLUGIN_IMPL(_imgbuf) {
  if (const char* const reason = imgbuf::python::reason_against_interpreter()) {
    PyErr_SetString(PyExc_ImportError, reason);
    return nullptr;
  }
  PYBIND11_CHECK_PYTHON_VERSION
  PYBIND11_ENSURE_INTERNALS_READY
  static py::module_::module_def definition;
  auto module = py::module_::create_extension_module("_imgbuf", nullptr, &definition);
  try {
    imgbuf::python::bind_all(module);
    return module.ptr();
  }
  PYBIND11_CATCH_INIT_EXCEPTIONS
}
