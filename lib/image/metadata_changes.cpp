#include "imgbuf/metadata_changes.hpp"

#include <string>
#include <utility>

#include "image/exif_bytes.hpp"
#include "image/photoshop_thumbnails.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

std::vector<std::string> adapt(Metadata& metadata, const PictureChange& change) {
  std::vector<std::string> losses;
  const auto lose_thumbnail = [&losses](const char* of_whom) {
    losses.push_back(std::string(of_whom) + " thumbnail is left out: it shows the picture as it was");
  };
  if (change.is_any()) {
    if (change.width < 1 || change.height < 1)
      throw Error(ErrorCode::invalid_argument, "a changed picture of " + std::to_string(change.width) + " x " +
                                                   std::to_string(change.height) + " pixels");
    image::set_exif_size(metadata.exif, static_cast<std::size_t>(change.width),
                         static_cast<std::size_t>(change.height));
    if (image::has_thumbnail(metadata.exif)) lose_thumbnail("EXIF's");
    image::drop_thumbnail(metadata.exif);
    if (image::drop_photoshop_thumbnails(metadata.photoshop)) lose_thumbnail("Photoshop's");
  }
  if (change.axes_swapped) {
    if (metadata.resolution) std::swap(metadata.resolution->x, metadata.resolution->y);
    image::swap_exif_resolution(metadata.exif);
  }
  return losses;
}

void set_resolution(Metadata& metadata, const Resolution& resolution) {
  metadata.resolution = resolution;
  image::set_exif_resolution(metadata.exif, resolution);
}

}  // namespace imgbuf
