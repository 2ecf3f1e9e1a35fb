#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "stream/descriptor.hpp"

namespace imgbuf::stream {

/// What a file that replaces another takes over from it.
struct FileStatus {
  mode_t mode = 0;
  uid_t owner = 0;
  gid_t group = 0;
};

/// Where the bytes for a path go.
struct OutputTarget {
  Descriptor in_place;                 ///< open for writing when the path is no regular file; else not open
  std::string path;                    ///< the file to make or replace, symbolic links resolved
  std::optional<FileStatus> old_file;  ///< the file to replace, if there is one
};

/// Follows the symbolic links of a path, also a last one that leads to no file yet, and looks at what is there.
/// Names of the process's own descriptors (/dev/stdout, /dev/fd/N) mean those descriptors.
/// @throws Error{io_failure} for a directory, for a file that may not be written, and for what the system reports
[[nodiscard]] OutputTarget find_output_target(const std::string& path);

}  // namespace imgbuf::stream
