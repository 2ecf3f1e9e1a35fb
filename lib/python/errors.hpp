#pragma once

#include <pybind11/pybind11.h>

namespace imgbuf::python {

/// Makes `imgbuf::Error` the exception class of its code in `imgbuf._errors`, with `code`, `reason` and `place`.
void translate_errors(const pybind11::module_& errors);

}  // namespace imgbuf::python
