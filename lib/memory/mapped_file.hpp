#pragma once

#include <string>

#include "imgbuf/storage.hpp"

namespace imgbuf::memory {

/// A regular file's bytes, mapped to be read; the segment's keeper unmaps them. The file is closed again, and may be
/// renamed, replaced or removed: the bytes stay. Pages are read from the disk when they are first touched, and those behind them.
///
/// A file that somebody writes shows through, and one that somebody shortens takes its pages with it: touching those is
/// a SIGBUS, which the library does not catch.
/// @throws Error{io_failure} when it cannot be opened; Error{unsupported}, saying why, when it can, but not be mapped:
///         it is no regular file, is empty, or its file system has no maps
[[nodiscard]] Segment map_file(const std::string& path);

/// Says of a mapped file that a page is seldom followed by the next: no more is then read than is touched.
void expect_scattered(const Segment& file) noexcept;

}  // namespace imgbuf::memory
