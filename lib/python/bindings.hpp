#pragma once

#include <pybind11/pybind11.h>

#include "python/py_image.hpp"

namespace imgbuf::python {

using ImageClass = pybind11::class_<PyImage>;

// Each adds one part of the module. `ImageClass` is `imgbuf.Image`.
void bind_arrays(pybind11::module_& module, ImageClass& image);
void bind_attributes(ImageClass& image);
void bind_dlpack(pybind11::module_& module, ImageClass& image);
void bind_files(pybind11::module_& module, ImageClass& image);
void bind_grid(pybind11::module_& module);
void bind_handoff(pybind11::module_& module, ImageClass& image);
void bind_imports(pybind11::module_& module);
void bind_indexing(ImageClass& image);
void bind_info(pybind11::module_& module, ImageClass& image);
void bind_layout(pybind11::module_& module, ImageClass& image);
void bind_measure(pybind11::module_& module, ImageClass& image);
void bind_notebook(ImageClass& image);
void bind_pillow(pybind11::module_& module, ImageClass& image);
void bind_samples(ImageClass& image);
void bind_stack(pybind11::module_& module);
void bind_views(ImageClass& image);

}  // namespace imgbuf::python
