#pragma once

#include <array>
#include <cstdint>

namespace imgbuf::codecs::tiff {

// Tags of TIFF 6.0 and of the technical notes after it, by their names there.
enum Tag : std::uint16_t {
  image_width = 256,
  image_length = 257,
  bits_per_sample = 258,
  compression = 259,
  photometric_interpretation = 262,
  fill_order = 266,
  document_name = 269,
  image_description = 270,
  make = 271,
  model = 272,
  strip_offsets = 273,
  orientation = 274,
  samples_per_pixel = 277,
  rows_per_strip = 278,
  strip_byte_counts = 279,
  x_resolution = 282,
  y_resolution = 283,
  planar_configuration = 284,
  page_name = 285,
  resolution_unit = 296,
  software = 305,
  date_time = 306,
  artist = 315,
  host_computer = 316,
  white_point = 318,
  primary_chromaticities = 319,
  color_map = 320,
  tile_width = 322,
  tile_length = 323,
  tile_offsets = 324,
  tile_byte_counts = 325,
  ink_set = 332,
  extra_samples = 338,
  sample_format = 339,
  xmp_packet = 700,
  copyright = 33432,
  iptc = 33723,
  photoshop = 34377,
  exif_directory = 34665,
  icc_profile = 34675,
  gps_directory = 34853,
  interoperability_directory = 40965,
};

// Types of a field's values.
enum Type : std::uint16_t {
  type_byte = 1,
  type_ascii = 2,
  type_short = 3,
  type_long = 4,
  type_rational = 5,
  type_undefined = 7,
  type_ifd = 13,
  type_long8 = 16,
  type_ifd8 = 18,
};

/// Bytes of one value of each type; 0 for what is no type.
constexpr std::array<std::uint8_t, 19> type_bytes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

// Values of PhotometricInterpretation.
enum Photometric : std::uint16_t { min_is_white = 0, min_is_black = 1, rgb = 2, palette = 3, separated = 5 };
// Values of ExtraSamples.
enum ExtraSample : std::uint16_t { unspecified = 0, associated_alpha = 1, unassociated_alpha = 2 };
// Values of SampleFormat.
enum SampleFormat : std::uint16_t { unsigned_integer = 1, signed_integer = 2, floating_point = 3, undefined = 4 };

}  // namespace imgbuf::codecs::tiff
