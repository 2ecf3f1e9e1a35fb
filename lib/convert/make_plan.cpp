#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/planning.hpp"
#include "imgbuf/image.hpp"

namespace imgbuf::conversion {

namespace {

std::string size_text(std::ptrdiff_t width, std::ptrdiff_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

/// The layout that a picture of `rows` rows gets in an arrangement, without the memory for it.
Layout arranged_layout(const ImageInfo& info, std::ptrdiff_t rows, const Arrangement& arrangement) {
  const ArrangedMemory one_row = allocate_arranged(1, info.width, info.channels(), info.pixel.format, arrangement);
  const auto axes_of_one = one_row.layout.axes();
  std::vector<Axis> axes(axes_of_one.begin(), axes_of_one.end());
  axes[0].extent = rows;
  return Layout(axes, one_row.layout.pointer_offsets());
}

bool is_packed(const Layout& layout, Format format) noexcept {
  return format.is_native() && has_packed_rows(layout, format.itemsize());
}

PlanStage decode_stage(const Decisions& d, const Job& job) {
  PlanStage stage{.name = "decode"};
  stage.detail =
      d.input.file.format + ", " + size_text(d.input.width, d.input.height) + ", " + d.input.pixel.to_string();
  if (d.input.file.interlaced) stage.detail += ", interlaced";
  if (d.input.file.progressive) stage.detail += ", progressive";
  if (d.geometry.cropped) {
    const Region& region = d.geometry.region;
    stage.detail += "; only the region " + size_text(region.width, region.height) + " at " + std::to_string(region.x) +
                    "," + std::to_string(region.y);
  }
  if (!d.reader.decodes_in_place(arranged_layout(job.rows, job.rows.height, job.arrangement), job.rows.pixel.format)) {
    stage.scratch_bytes = job.rows.pixel_bytes();
    stage.scratch_reason = d.geometry.cropped && job.arrangement.kind != Arrangement::Kind::planes
                               ? "the decoder's rows are wider than the region"
                               : d.input.file.format + " gives " + job.rows.pixel.to_string() +
                                     " in another form than " + job.arrangement.to_string() + " hold it";
  }
  return stage;
}

PlanStage convert_stage(const Decisions& d, const Job& job, const Layout& source) {
  PlanStage stage{.name = "convert pixels"};
  stage.detail = job.rows.pixel.to_string() + " to " + job.target.to_string();
  if (has_transparency(d.input) && !job.target.alpha) stage.detail += ", over " + to_string(d.options.background);
  const std::int64_t from = job.rows.pixel_bytes();
  const std::int64_t to = job.converted_rows().pixel_bytes();
  stage.scratch_bytes = to;
  stage.scratch_reason = "other elements";
  const bool from_packed = is_packed(source, job.rows.pixel.format);
  const bool to_packed =
      is_packed(arranged_layout(job.converted_rows(), job.rows.height, job.arrangement), job.target.format);
  if (!from_packed) stage.scratch_bytes += from;
  if (!to_packed) stage.scratch_bytes += to;
  if (!from_packed || !to_packed) stage.scratch_reason += "; rows are gathered for the conversion";
  return stage;
}

PlanStage encode_stage(const Decisions& d, const Job& job, const Layout& source, bool is_turned) {
  PlanStage stage{.name = "encode"};
  stage.detail = d.format + ", " + size_text(d.output.width, d.output.height) + ", " + d.output.pixel.to_string();
  const EncodeOptions& encode = d.options.encode;
  if (d.format == "JPEG") {
    stage.detail += ", quality " + std::to_string(encode.quality);
    if (encode.progressive) stage.detail += ", progressive";
  } else if (d.format == "PNG") {
    stage.detail += ", compression " + std::to_string(encode.compression);
    if (encode.interlaced) stage.detail += ", interlaced";
  }
  if (!d.writer.encodes_in_place(source, d.output.pixel.format)) {
    stage.scratch_bytes = d.output.pixel_bytes();
    stage.scratch_reason = is_turned ? "turned rows are gathered for the encoder"
                                     : "the encoder's rows are not arranged as " + job.arrangement.to_string();
  }
  return stage;
}

std::string whole_image_reason(const Decisions& d) {
  if (d.reader.needs_whole_image()) return "the rows of this " + d.input.file.format + " come all at once";
  if (d.writer.needs_whole_image()) return "an interlaced " + d.format + " takes its rows all at once";
  return "the last rows of the file are needed for the first ones of the output";
}

}  // namespace

ConvertPlan make_plan(const Decisions& d, const Job& job) {
  ConvertPlan plan;
  plan.streaming = job.held == Held::nothing;
  if (!plan.streaming) plan.whole_image_reason = whole_image_reason(d);
  plan.arrangement = job.arrangement;
  plan.rows_per_strip = job.rows_per_strip;
  plan.strips = plan.streaming ? job.strips : 0;
  plan.threads = job.threads;
  plan.buffer_bytes = buffer_bytes(job);
  plan.codec_bytes = d.reader.codec_bytes() + d.writer.codec_bytes();

  const bool is_turned = job.orientation != Orientation::upright;
  // The encoder sees turned memory unless a conversion after the turn has written it anew.
  const bool turned_when_encoded = job.converter == nullptr || job.held == Held::converted || job.held == Held::both;
  const bool turned_when_converted = job.converter != nullptr && !turned_when_encoded;

  plan.stages.push_back(decode_stage(d, job));
  if (is_turned) {
    plan.stages.push_back({.name = "orient", .detail = std::string(describe(job.orientation)) + ", as a view"});
  }
  if (job.converter != nullptr) {
    const Layout decoded = arranged_layout(job.rows, job.rows.height, job.arrangement);
    plan.stages.push_back(convert_stage(d, job, turned_when_converted ? oriented(decoded, job.orientation) : decoded));
  }
  const ImageInfo converted = job.converted_rows();
  const Layout written = turned_when_encoded
                             ? oriented(arranged_layout(converted, converted.height, job.arrangement), job.orientation)
                             : arranged_layout(d.output, d.output.height, job.arrangement);
  plan.stages.push_back(encode_stage(d, job, written, is_turned && turned_when_encoded));
  return plan;
}

}  // namespace imgbuf::conversion
