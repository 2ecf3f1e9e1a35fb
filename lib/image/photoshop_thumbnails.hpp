#pragma once

#include "imgbuf/metadata.hpp"

namespace imgbuf::image {

/// Takes the thumbnails out of Photoshop's image resources; every other byte stays. Returns whether there were any.
/// @see Adobe Photoshop File Formats Specification, "Image Resource IDs": 1033 and 1036
bool drop_photoshop_thumbnails(Blob& photoshop);

}  // namespace imgbuf::image
