#pragma once

#include <pybind11/pybind11.h>

namespace imgbuf::python {

/// Makes functions and methods of pybind11 what CPython's own are: `inspect.signature` knows their parameters, help()
/// shows them, they are pickled by name, and a call that does not fit is a TypeError that names the function and the
/// argument and shows no argument's value. Parameters, defaults and docstrings stay where they are bound.
/// @param module   whose functions, and classes with their methods, are replaced. Nothing is bound afterwards.
/// @param package  where the functions are public
/// @pre none is overloaded; called once
void make_functions_native(pybind11::module_& module, const pybind11::object& package);

}  // namespace imgbuf::python
