#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/buffers.hpp"
#include "convert/planning.hpp"
#include "imgbuf/image.hpp"

namespace imgbuf::conversion {

namespace {

std::string size_text(std::ptrdiff_t width, std::ptrdiff_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

bool is_packed(const Layout& layout, Format format) noexcept {
  return format.is_native() && has_packed_rows(layout, format.itemsize());
}

/// What the decoder writes into, or what it is in the file.
Layout decoded_layout(const Job& job, const Buffers& buffers) {
  if (job.in_file) return job.in_file->layout();
  if (job.decodes_into_output()) return unoriented(buffers.output_image.layout(), job.orientation);
  return (buffers.decoded_image.count > 0 ? buffers.decoded_image : buffers.decoded_strip).layout();
}

/// Of the elements that the decoder gives, or that are in the file.
Format seen_format(const Job& job) {
  return job.in_file ? job.in_file->format() : job.selected.pixel.format;
}

PlanStage decode_stage(const Decisions& d, const Job& job, const Layout& rows) {
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
  if (job.in_file) {
    stage.detail += "; seen where it lies, nothing is decoded";
  } else if (!d.reader.decodes_in_place(rows, job.rows.pixel.format)) {
    stage.scratch_bytes = job.rows.pixel_bytes();
    if (d.geometry.cropped && job.arrangement.kind != Arrangement::Kind::planes) {
      stage.scratch_reason = "the decoder's rows are wider than the region";
    } else if (!d.channels.text.empty() && job.selection.empty()) {
      stage.scratch_reason = "no stride leads from channel to channel";
    } else if (job.decodes_into_output() && job.orientation != Orientation::upright) {
      stage.scratch_reason = "the decoder's rows run the other way";
    } else {
      stage.scratch_reason = d.input.file.format + " gives " + job.rows.pixel.to_string() + " in another form than " +
                             job.arrangement.to_string() + " hold it";
    }
  }
  return stage;
}

PlanStage select_stage(const Decisions& d, const Job& job) {
  return {.name = "select channels",
          .detail = d.channels.text + (job.selection.empty() ? ", in the decoder" : ", as a view")};
}

/// @param copied_bytes  0 when a view turns the pixels
PlanStage orient_stage(const Job& job, std::int64_t copied_bytes) {
  PlanStage stage{.name = "orient", .detail = std::string(describe(job.orientation)) + ", as a view"};
  if (copied_bytes > 0) {
    stage.detail += ", copied in bands of " + std::to_string(job.rows_per_strip) + " rows";
    stage.scratch_bytes = copied_bytes;
    stage.scratch_reason = "rows become columns";
  }
  return stage;
}

PlanStage convert_stage(const Decisions& d, const Job& job, const Layout& source, Format source_format,
                        const Layout& destination) {
  PlanStage stage{.name = "convert pixels"};
  stage.detail = job.selected.pixel.to_string() + " to " + job.target.to_string();
  if (has_transparency(job.selected) && !job.target.alpha) stage.detail += ", over " + to_string(d.options.background);
  const std::int64_t from = job.selected.pixel_bytes();
  const std::int64_t to = d.output.pixel_bytes();
  stage.scratch_bytes = to;
  stage.scratch_reason = "other elements";
  const bool from_packed = is_packed(source, source_format);
  const bool to_packed = is_packed(destination, job.target.format);
  if (!from_packed) stage.scratch_bytes += from;
  if (!to_packed) stage.scratch_bytes += to;
  if (!from_packed || !to_packed) stage.scratch_reason += "; rows are gathered for the conversion";
  return stage;
}

/// Why an encoder cannot read rows where they are.
std::string gather_reason(const Job& job, bool is_seen) {
  if (is_seen && !seen_format(job).is_native()) return "the file's elements have the other byte order";
  if (is_seen && job.orientation != Orientation::upright) return "turned rows are gathered for the encoder";
  if (is_seen && !job.selection.empty()) return "selected channels are gathered for the encoder";
  if (is_seen && job.in_file) return "the encoder's rows are not what they are in the file";
  return "the encoder's rows are not arranged as " + job.arrangement.to_string();
}

/// @param is_seen  the rows come as the decoder gave them, through a view
PlanStage encode_stage(const Decisions& d, const Job& job, const Layout& source, bool is_seen) {
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
  if (!d.writer.encodes_in_place(source, is_seen ? seen_format(job) : d.output.pixel.format)) {
    stage.scratch_bytes = d.output.pixel_bytes();
    stage.scratch_reason = gather_reason(job, is_seen);
  }
  return stage;
}

std::string whole_image_reason(const Decisions& d, const Job& job) {
  if (!job.in_file && d.reader.needs_whole_image())
    return "the rows of this " + d.input.file.format + " come all at once";
  if (d.writer.needs_whole_image()) return "this " + d.format + " takes its rows all at once";
  if (transposes(d.geometry.orientation)) return "each row of the output takes a pixel of every row of the file";
  return "the last rows of the file are needed for the first ones of the output";
}

std::vector<PlanBuffer> named_buffers(const Buffers& buffers) {
  std::vector<PlanBuffer> named;
  const auto add = [&named](const Buffer& buffer, const std::string& what) {
    if (buffer.count == 0) return;
    const std::string times = buffer.count == 1 ? "" : std::to_string(buffer.count) + " times ";
    named.push_back({times + std::to_string(buffer.rows) + " " + what, buffer.bytes()});
  };
  add(buffers.decoded_image, "decoded rows, the whole picture");
  add(buffers.output_image, "rows of the output, the whole picture");
  add(buffers.decoded_strip, "decoded rows");
  add(buffers.turned_band, "turned rows, a band of the output");
  add(buffers.converted_strip, "converted rows");
  return named;
}

/// The stages between decoder and encoder, in the order in which they happen.
class StagesBetween {
 public:
  StagesBetween(const Decisions& decisions, const Job& job, const Buffers& buffers, const Layout& decoded)
      : d_(decisions), job_(job), buffers_(buffers), decoded_(decoded) {
    if (!d_.channels.text.empty()) stages_.push_back(select_stage(d_, job_));
    if (job_.held == Held::output) {
      into_output();
    } else {
      from_decoded();
    }
  }

  [[nodiscard]] std::vector<PlanStage> take() && { return std::move(stages_); }

 private:
  void orient(std::int64_t copied_bytes) {
    if (job_.orientation != Orientation::upright) stages_.push_back(orient_stage(job_, copied_bytes));
  }

  /// As `decode_to_output` does it.
  void into_output() {
    const bool turns = job_.copies_turned();
    if (job_.converter != nullptr) {
      const Layout place = unoriented(buffers_.output_image.layout(), job_.orientation);
      stages_.push_back(convert_stage(d_, job_, selected(decoded_, job_.selection), job_.selected.pixel.format,
                                      turns ? buffers_.converted_strip.layout() : place));
    } else if (!turns && !job_.decodes_into_output()) {
      stages_.back().scratch_bytes = d_.output.pixel_bytes();
      stages_.back().scratch_reason = "only these channels go into the image";
    }
    orient(turns ? d_.output.pixel_bytes() : 0);
  }

  /// As `SeenRows` gives them.
  void from_decoded() {
    orient(job_.copies_turned() ? job_.selected.pixel_bytes() : 0);
    if (job_.converter == nullptr) return;
    const Layout source = job_.copies_turned() ? buffers_.turned_band.layout() : job_.seen(decoded_);
    const Format format = job_.copies_turned() ? job_.selected.pixel.format : seen_format(job_);
    stages_.push_back(
        convert_stage(d_, job_, source, format,
                      (job_.held == Held::both ? buffers_.output_image : buffers_.converted_strip).layout()));
  }

  const Decisions& d_;
  const Job& job_;
  const Buffers& buffers_;
  const Layout& decoded_;
  std::vector<PlanStage> stages_;
};

}  // namespace

ConvertPlan make_plan(const Decisions& d, const Job& job) {
  const Buffers buffers(job);
  ConvertPlan plan;
  plan.in_file = job.in_file.has_value();
  plan.streaming = job.held == Held::nothing || (plan.in_file && job.held == Held::decoded);
  if (!plan.streaming) plan.whole_image_reason = whole_image_reason(d, job);
  plan.arrangement = job.arrangement;
  plan.rows_per_strip = job.rows_per_strip;
  plan.strips = plan.streaming && !plan.in_file ? job.strips : 0;
  plan.threads = job.threads;
  plan.buffers = named_buffers(buffers);
  plan.buffer_bytes = buffers.bytes();
  plan.codec_bytes = d.reader.codec_bytes() + d.writer.codec_bytes();

  const Layout decoded = decoded_layout(job, buffers);
  plan.stages.push_back(decode_stage(d, job, decoded));
  for (PlanStage& stage : StagesBetween(d, job, buffers, decoded).take()) plan.stages.push_back(std::move(stage));

  if (buffers.output_image.count > 0) {
    plan.stages.push_back(encode_stage(d, job, buffers.output_image.layout(), false));
  } else if (job.converter != nullptr) {
    plan.stages.push_back(encode_stage(d, job, buffers.converted_strip.layout(), false));
  } else if (buffers.turned_band.count > 0) {
    plan.stages.push_back(encode_stage(d, job, buffers.turned_band.layout(), false));
  } else {
    plan.stages.push_back(encode_stage(d, job, job.seen(decoded), true));
  }
  return plan;
}

}  // namespace imgbuf::conversion
