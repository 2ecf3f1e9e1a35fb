#pragma once

#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::codecs::jpeg {

/// What libjpeg is asked to decode so that a region of it equals the same region of the whole picture. Neighbouring
/// blocks reach across: chroma is interpolated from samples beside and above, and a progressive file that does not send
/// all coefficients is smoothed over two blocks.
struct RegionPlan {
  JDIMENSION x = 0;             ///< columns to ask `jpeg_crop_scanline` for; it moves x to the left to a block
  JDIMENSION width = 0;         ///< all columns: no crop
  JDIMENSION rows_skipped = 0;  ///< rows for `jpeg_skip_scanlines`, a multiple of a row of blocks
};

/// @param cinfo   after `jpeg_start_decompress`, before the first row
/// @param region  inside cinfo.output_width x cinfo.output_height
[[nodiscard]] RegionPlan plan_region(const jpeg_decompress_struct& cinfo, const Region& region,
                                     bool has_multiple_scans);

}  // namespace imgbuf::codecs::jpeg
