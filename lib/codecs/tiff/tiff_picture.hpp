#pragma once

#include "codecs/stored/stored_picture.hpp"
#include "codecs/tiff/tiff_directory.hpp"

namespace imgbuf::codecs::tiff {

/// Reads the first directory of a TIFF or BigTIFF: where its strips or tiles are, what their samples mean, and the
/// metadata. @param file  can seek
/// @throws Error{unsupported} naming the compression or the kind of samples; Error{corrupt_data, truncated_data,
///         limit_exceeded}
/// @see TIFF 6.0
[[nodiscard]] StoredPicture parse(FileBytes& file, const Limits& limits);

/// What the samples are, before where they are.
struct Samples {
  std::uint64_t per_pixel = 1;
  unsigned bits = 1;
  SampleFormat format = unsigned_integer;
  Photometric photometric = min_is_black;
  bool is_planar = false;
  bool is_lsb_first = false;    ///< FillOrder 2
  bool has_associated = false;  ///< alpha that colours were multiplied by
  ByteOrder order = ByteOrder::little;
};

/// Sets pixel format, channels and unpacking. @throws Error{unsupported, corrupt_data}
void set_samples(const Directory& directory, StoredPicture& picture);
/// The unpacking of samples that are not elements as they are, and why; nothing when they are.
void set_unpacking(const Samples& samples, StoredPicture& picture);

/// Takes over what `Metadata` has a place for. @throws Error{limit_exceeded, truncated_data, corrupt_data}
void read_metadata(const Directory& directory, const Limits& limits, Metadata& metadata);

}  // namespace imgbuf::codecs::tiff
