#pragma once

#include <memory>
#include <string>

#include "imgbuf/source.hpp"

namespace imgbuf::cli {

/// A file by name, "-" for standard input. Waiting for a pipe or a terminal ends with `Error{cancelled}` when a signal
/// comes.
/// @throws Error{io_failure}
[[nodiscard]] std::unique_ptr<Source> open_input(const std::string& name);

}  // namespace imgbuf::cli
