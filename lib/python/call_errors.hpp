#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace imgbuf::python {

using FunctionRecord = pybind11::detail::function_record;

/// What is wrong with the number of positional arguments and the names of the others; empty when a function can be
/// called with them.
/// @param arguments  a tuple, with `self` for a method
/// @param keywords   a dict, or null
std::string mismatch_of_names(const FunctionRecord& function, const pybind11::handle& arguments,
                              const pybind11::handle& keywords);

/// Which arguments a function does not take for their types. @pre the names fit
std::string mismatch_of_types(const FunctionRecord& function, const pybind11::handle& arguments,
                              const pybind11::handle& keywords);

}  // namespace imgbuf::python
