#pragma once

#include <pybind11/pybind11.h>

#include <memory>

#include "imgbuf/sink.hpp"
#include "python/operation.hpp"

namespace imgbuf::python {

/// Where encoded bytes go: a path (str, os.PathLike), replaced as `Sink::file` does when the sink is committed, or a
/// file object with write(). Called with the GIL; the sink takes it where it needs it, and handles signals while it is
/// written.
/// @param signals  outlives the sink
/// @throws pybind11::type_error for another object; OSError; Error{io_failure} as `Sink::file`. Writing throws what the
///         file object raises
std::unique_ptr<Sink> sink_of(const pybind11::object& object, SignalCheck& signals);

}  // namespace imgbuf::python
