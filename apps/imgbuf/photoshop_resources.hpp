#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/metadata.hpp"

namespace imgbuf::cli {

/// One of Photoshop's image resource blocks. Borrows its data.
struct PhotoshopResource {
  int id = 0;  ///< 1028 holds IPTC
  std::string name;
  std::span<const std::byte> data;
};

/// The blocks of `Metadata::photoshop`, up to the first that is malformed.
/// @see Adobe Photoshop File Formats Specification, "Image Resource Blocks"
[[nodiscard]] std::vector<PhotoshopResource> photoshop_resources(const Blob& blob);

/// One dataset of IPTC, such as record 2, dataset 120: the caption.
struct IptcDataset {
  int record = 0;
  int number = 0;
  std::string text;  ///< its bytes, whatever they are
};

/// The datasets of a resource that holds IPTC, up to the first that is malformed; none for another resource. Extended
/// ones, of more than 32767 bytes, end the list.
/// @see IPTC-NAA Information Interchange Model 4.2, section 1.5
[[nodiscard]] std::vector<IptcDataset> iptc_datasets(const PhotoshopResource& resource);

}  // namespace imgbuf::cli
