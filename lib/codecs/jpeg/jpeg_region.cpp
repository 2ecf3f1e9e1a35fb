#include "codecs/jpeg/jpeg_region.hpp"

#include <algorithm>

namespace imgbuf::codecs::jpeg {

namespace {

#if JPEG_LIB_VERSION >= 70
int block_size(const jpeg_decompress_struct& cinfo) {
  return cinfo.min_DCT_v_scaled_size;
}
int block_size(const jpeg_component_info& component) {
  return component.DCT_v_scaled_size;
}
#else
int block_size(const jpeg_decompress_struct& cinfo) {
  return cinfo.min_DCT_scaled_size;
}
int block_size(const jpeg_component_info& component) {
  return component.DCT_scaled_size;
}
#endif

/// libjpeg-turbo before 3.0.3 computes too small a width for a component that scaling has enlarged and that is then
/// still upsampled (4:1:0 at 1/2), so such files are decoded over their whole width.
bool can_crop(const jpeg_decompress_struct& cinfo) {
  for (int c = 0; c < cinfo.num_components; ++c) {
    const jpeg_component_info& component = cinfo.comp_info[c];
    const bool enlarged = block_size(component) != block_size(cinfo);
    const bool upsampled =
        component.h_samp_factor * block_size(component) != cinfo.max_h_samp_factor * block_size(cinfo);
    if (enlarged && upsampled) return false;
  }
  return true;
}

}  // namespace

RegionPlan plan_region(const jpeg_decompress_struct& cinfo, const Region& region, bool has_multiple_scans) {
  const auto columns = std::ptrdiff_t{block_size(cinfo)} * cinfo.max_h_samp_factor;
  const auto rows = std::ptrdiff_t{block_size(cinfo)} * cinfo.max_v_samp_factor;
  const std::ptrdiff_t margin = columns * (has_multiple_scans ? 3 : 1);
  const auto output_width = static_cast<std::ptrdiff_t>(cinfo.output_width);

  RegionPlan plan;
  plan.width = cinfo.output_width;
  if (can_crop(cinfo)) {
    const std::ptrdiff_t left = std::max<std::ptrdiff_t>(0, region.x - margin);
    const std::ptrdiff_t right = std::min(output_width, region.x + region.width + margin);
    plan.x = static_cast<JDIMENSION>(left);
    plan.width = static_cast<JDIMENSION>(right - left);
  }
  plan.rows_skipped = static_cast<JDIMENSION>(std::max<std::ptrdiff_t>(0, region.y / rows - 1) * rows);
  return plan;
}

}  // namespace imgbuf::codecs::jpeg
