#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "imgbuf/source.hpp"
#include "python/operation.hpp"

namespace imgbuf::python {

/// Where the encoded bytes of a picture come from: a path (str, os.PathLike), a contiguous buffer, which is kept where
/// it is, or a binary file object, which is read from its present position. Called with the GIL; the source takes it
/// where it needs it, and handles signals while it is read.
/// @param signals  outlives the source
/// @throws pybind11::type_error for another object; OSError, such as FileNotFoundError, for a path that cannot be opened;
///         what a buffer raises. Reading throws what the file object raises
std::unique_ptr<Source> source_of(const pybind11::object& object, SignalCheck& signals);

}  // namespace imgbuf::python
