#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/export.hpp"
#include "imgbuf/metadata.hpp"

namespace imgbuf {

/// One of the image resource blocks in `Metadata::photoshop`.
struct PhotoshopResource {
  static constexpr int iptc_id = 0x0404;

  int id = 0;                       ///< `iptc_id` for the one that holds IPTC
  std::string name;                 ///< the bytes of the file, nearly always none
  std::span<const std::byte> data;  ///< borrowed from the blob
};

/// The blocks of `Metadata::photoshop`, up to the first that is malformed. They are valid as long as the blob.
/// @see Adobe Photoshop File Formats Specification, "Image Resource Blocks"
[[nodiscard]] IMGBUF_API std::vector<PhotoshopResource> photoshop_resources(std::span<const std::byte> blob);

/// IPTC's datasets, as they stand in the first Photoshop resource that is for them; empty when there is none.
/// @see IPTC-NAA Information Interchange Model 4.2, section 1.5
[[nodiscard]] IMGBUF_API Blob iptc(const Metadata& metadata);

/// Puts IPTC's datasets into a Photoshop resource in the place of those that there are; with no bytes, there are none
/// any more. Every other byte of `Metadata::photoshop` stays.
IMGBUF_API void set_iptc(Metadata& metadata, std::span<const std::byte> datasets);

}  // namespace imgbuf
