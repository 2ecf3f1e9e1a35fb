#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf {

// Files say some things in several places. What changes one of them here changes the others.

/// What has become of a picture since its metadata was written.
struct PictureChange {
  std::ptrdiff_t width = 0;    ///< of the picture as it is now, in pixels
  std::ptrdiff_t height = 0;   ///< the same
  bool cut_or_turned = false;  ///< less of it is to be seen, or it lies otherwise
  bool axes_swapped = false;   ///< its rows were columns

  [[nodiscard]] bool is_any() const noexcept { return cut_or_turned || axes_swapped; }
};

/// Makes metadata say what is true of the changed picture: where it is cut or turned, EXIF's tags that say its size
/// follow, and thumbnails (EXIF's and those of Photoshop's resources) go with their bytes; where rows and columns have
/// changed places, so have the resolutions along them, EXIF's too. All else stays, the orientation included, which
/// `set_orientation` changes; without a change every byte does.
/// @return what was taken away, a phrase each
/// @throws Error{invalid_argument} for a changed picture without a size
[[nodiscard]] IMGBUF_API std::vector<std::string> adapt(Metadata& metadata, const PictureChange& change);

/// Sets the resolution, and EXIF's tags that say it where they are there: per centimetre for one per metre, and per
/// inch where EXIF has no tag for the unit.
IMGBUF_API void set_resolution(Metadata& metadata, const Resolution& resolution);

}  // namespace imgbuf
