#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <memory>
#include <string>

namespace imgbuf::python {

// What sources and sinks need to know of Python's paths and file objects. All are called with the GIL.

/// Whether an object is a path: str or os.PathLike.
bool is_path(const pybind11::handle& object);

/// The bytes of a path, as the system has them. @throws TypeError and ValueError for what is no path
std::string path_bytes(const pybind11::object& path);

/// A file of the system's without a buffer: `io.FileIO`. Its calls handle signals.
/// @throws Error{io_failure} with the system's error
pybind11::object open_file(const pybind11::object& path, const char* mode);

/// What keeps a file object and closes it in the end, on any thread, with the GIL or without.
std::shared_ptr<void> close_in_the_end(pybind11::object file);

/// What messages call a file object: its `name` where that is a path, else its type.
std::string name_of_file(const pybind11::object& file);

/// How many bytes a call of a file object has moved.
/// @param result  of readinto() or write()
/// @throws BlockingIOError for None: nothing can be moved now; TypeError for what is no int, ValueError below 0
std::size_t count_of(const pybind11::object& result);

/// @throws BlockingIOError
[[noreturn]] void throw_would_block();

/// "int", "numpy.ndarray" and so on, for messages.
std::string type_name(const pybind11::handle& object);

}  // namespace imgbuf::python
