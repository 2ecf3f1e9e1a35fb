#pragma once

#include "imgbuf/export.hpp"

namespace imgbuf {

/// For programs that read mapped files which others may shorten. While one lives, SIGBUS at a file's map that a
/// `Source` made (`Source::allow_map`) does not end the process: the pages that are gone read as zeros from then on,
/// and the map is marked, so that its reader or conversion ends with an error instead of passing zeros on.
///
/// It belongs to the program: the library makes none, because a signal's handler is the process'. Any number may live
/// at a time, in any threads. The last to go puts the old handler back, unless somebody has installed another one
/// since. Every other SIGBUS goes to the handler that was there before, and ends the process where there was none. Maps
/// that were handed out (`open_image`) are not guarded: nobody would be told that their pixels are gone.
///
/// The handler is installed by the first guard. One that somebody installs over it later must pass on to it what is not
/// its own: otherwise no guard has an effect, not even one that is made afterwards. Such a handler is best installed
/// before the first guard.
class IMGBUF_API MappedGuard {
 public:
  MappedGuard();
  ~MappedGuard();
  MappedGuard(const MappedGuard&) = delete;
  MappedGuard& operator=(const MappedGuard&) = delete;
};

}  // namespace imgbuf
