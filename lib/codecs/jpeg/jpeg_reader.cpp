#include "codecs/jpeg/jpeg_reader.hpp"

#include <algorithm>
#include <array>

#include "codecs/channel_selection.hpp"
#include "codecs/jpeg/jpeg_guard.hpp"
#include "codecs/jpeg/jpeg_metadata_read.hpp"
#include "codecs/jpeg/jpeg_region.hpp"
#include "codecs/size_limits.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::jpeg {

namespace {

// Few enough for a prompt cancellation, enough that a call's cost does not show.
constexpr std::ptrdiff_t rows_per_call = 16;

/// A picture whose metadata fills 64 MiB has about a thousand markers.
constexpr int max_header_markers = 4096;

/// Tables and the frame's description, beside the metadata.
constexpr std::int64_t header_allowance = 1024 * 1024;

std::string_view name_of(J_COLOR_SPACE space) noexcept {
  switch (space) {
    case JCS_GRAYSCALE:
      return "grayscale";
    case JCS_RGB:
      return "RGB";
    case JCS_YCbCr:
      return "YCbCr";
    case JCS_CMYK:
      return "CMYK";
    case JCS_YCCK:
      return "YCCK";
    default:
      return "unknown";
  }
}

/// The pixels that libjpeg makes of a file's colours, and the colour space to ask it for.
std::pair<ColorModel, J_COLOR_SPACE> native_form(const jpeg_decompress_struct& cinfo, std::string_view place) {
  switch (cinfo.jpeg_color_space) {
    case JCS_GRAYSCALE:
      return {ColorModel::gray, JCS_GRAYSCALE};
    case JCS_RGB:
    case JCS_YCbCr:
      return {ColorModel::rgb, JCS_RGB};
    case JCS_CMYK:
    case JCS_YCCK:
      return {ColorModel::cmyk, JCS_CMYK};
    default:
      throw Error(ErrorCode::unsupported,
                  "JPEG of " + std::to_string(cinfo.num_components) + " components is not supported", place);
  }
}

}  // namespace

JpegReader::JpegReader(std::unique_ptr<Source> source, const Limits& limits)
    : Reader(std::move(source), limits), input_(*source_) {
  errors_.attach(cinfo_);
  try {
    read_header(limits);
  } catch (...) {
    jpeg_destroy_decompress(&cinfo_);
    throw;
  }
}

JpegReader::~JpegReader() {
  jpeg_destroy_decompress(&cinfo_);
}

template <class Call>
void JpegReader::run(const Call& call) {
  if (!guarded(errors_, call)) errors_.raise(row_place());
}

std::string JpegReader::row_place() const {
  return reading_rows_ ? source().name() + ": row " + std::to_string(cinfo_.output_scanline) : source().name();
}

void JpegReader::read_header(const Limits& limits) {
  run([this] { jpeg_create_decompress(&cinfo_); });
  input_.attach(cinfo_);
  progress_.attach(cinfo_);
  progress_.limit_scans(limits.max_scans, source().name());
  input_.limit_header(limits.max_metadata_bytes + header_allowance);
  errors_.limit_markers(max_header_markers);
  save_metadata_markers(cinfo_);
  run([this] { jpeg_read_header(&cinfo_, TRUE); });
  errors_.lift_marker_limit();
  input_.end_header();
  skip_metadata_markers(cinfo_);

  require_size_within(limits, cinfo_.image_width, cinfo_.image_height, source().name());
  describe_file();
  info_.metadata = read_metadata(cinfo_, errors_, limits, source().name());
}

void JpegReader::describe_file() {
  const auto [model, space] = native_form(cinfo_, source().name());
  cinfo_.out_color_space = space;
  // Photoshop stores inverted ink, and every reader takes its marker as the sign of it.
  inverted_cmyk_ = model == ColorModel::cmyk && cinfo_.saw_Adobe_marker != FALSE;

  info_.width = static_cast<std::ptrdiff_t>(cinfo_.image_width);
  info_.height = static_cast<std::ptrdiff_t>(cinfo_.image_height);
  info_.pixel = PixelFormat::of(ElementType::u8, model);
  info_.file.format = "JPEG";
  info_.file.color_type = name_of(cinfo_.jpeg_color_space);
  info_.file.bit_depth = cinfo_.data_precision;
  info_.file.progressive = cinfo_.progressive_mode != FALSE;
  info_.file.arithmetic_coding = cinfo_.arith_code != FALSE;
  for (int c = 0; c < cinfo_.num_components; ++c) {
    const jpeg_component_info& component = cinfo_.comp_info[c];
    info_.file.subsampling.components.push_back({component.h_samp_factor, component.v_samp_factor});
  }
}

ImageInfo JpegReader::prepare(const DecodeOptions& options) {
  const int scale = options.scale;
  if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
    throw Error(ErrorCode::unsupported,
                "JPEG decodes at 1, 1/2, 1/4 and 1/8 of the size, not at 1/" + std::to_string(scale));
  }
  require_size_within(options.limits, info_.width, info_.height, source().name());
  progress_.limit_scans(options.limits.max_scans, source().name());
  codec_bytes_ = jpeg_has_multiple_scans(&cinfo_) != FALSE ? coefficient_bytes(cinfo_) : 0;
  if (codec_bytes_ > options.limits.max_image_bytes) {
    throw Error(ErrorCode::limit_exceeded,
                "decoding several scans takes " + std::to_string(codec_bytes_) +
                    " bytes, more than max_image_bytes = " + std::to_string(options.limits.max_image_bytes));
  }

  cinfo_.scale_num = 1;
  cinfo_.scale_denom = static_cast<unsigned int>(scale);
  run([this] { jpeg_calc_output_dimensions(&cinfo_); });
  codec_width_ = static_cast<std::ptrdiff_t>(cinfo_.output_width);
  region_ = options.region.value_or(Region{0, 0, codec_width_, static_cast<std::ptrdiff_t>(cinfo_.output_height)});

  ImageInfo info = info_;
  info.width = region_.width;
  info.height = region_.height;
  if (options.expand && info_.pixel.color == ColorModel::cmyk) {
    info.pixel = expanded(info_);
    cmyk_to_rgb_.emplace(info_, info.pixel);
  }
  if (!options.channels.empty()) {
    selection_ = options.channels;
    select_channels(info, selection_);
  }
  return info;
}

CodecRow JpegReader::codec_row() const noexcept {
  CodecRow row;
  row.width = codec_width_;
  row.channels = cinfo_.out_color_components;
  row.first_column = first_column_;
  row.selection = selection_;
  if (cmyk_to_rgb_) {
    row.width = region_.width;
    row.channels = 3;
    row.first_column = 0;
  }
  return row;
}

bool JpegReader::decodes_in_place(const Layout& layout, Format format) const noexcept {
  return !cmyk_to_rgb_ && is_codec_row(layout, format, codec_row());
}

void JpegReader::begin() {
  run([this] { jpeg_start_decompress(&cinfo_); });
  begun_ = true;
  check_components();
  const RegionPlan plan = plan_region(cinfo_, region_, jpeg_has_multiple_scans(&cinfo_) != FALSE);
  JDIMENSION x = plan.x;
  JDIMENSION width = plan.width;
  if (width != cinfo_.output_width) run([&] { jpeg_crop_scanline(&cinfo_, &x, &width); });
  codec_width_ = static_cast<std::ptrdiff_t>(width);
  first_column_ = region_.x - static_cast<std::ptrdiff_t>(x);

  reading_rows_ = true;
  if (plan.rows_skipped != 0) run([&] { jpeg_skip_scanlines(&cinfo_, plan.rows_skipped); });
  const auto first_row = static_cast<JDIMENSION>(region_.y);
  if (cinfo_.output_scanline == first_row) return;
  std::vector<JSAMPLE> discarded(static_cast<std::size_t>(codec_width_ * cinfo_.out_color_components));
  JSAMPROW row = discarded.data();
  while (cinfo_.output_scanline < first_row) read(&row, 1);
}

/// Several scans may leave a component out; libjpeg would make it up.
void JpegReader::check_components() const {
  for (int c = 0; c < cinfo_.num_components; ++c) {
    if (cinfo_.comp_info[c].quant_table != nullptr) continue;
    throw Error(ErrorCode::corrupt_data, "no scan holds component " + std::to_string(c + 1), source().name());
  }
}

void JpegReader::read(JSAMPARRAY rows, JDIMENSION count) {
  run([&] {
    for (JDIMENSION done = 0; done < count;) {
      const JDIMENSION more = jpeg_read_scanlines(&cinfo_, rows + done, count - done);
      if (more == 0) ERREXIT(&cinfo_, JERR_INPUT_EOF);  // not with a source that never suspends
      done += more;
    }
  });
}

void JpegReader::undo_inversion(std::byte* row) const noexcept {
  auto* samples = reinterpret_cast<JSAMPLE*>(row);
  const std::ptrdiff_t count = codec_width_ * cinfo_.out_color_components;
  for (std::ptrdiff_t i = 0; i < count; ++i) samples[i] = static_cast<JSAMPLE>(MAXJSAMPLE - samples[i]);
}

void JpegReader::decode(const AnyView& destination, Context& context) {
  const ContextScope scope(errors_, context);
  if (!begun_) begin();
  if (cmyk_to_rgb_)
    decode_cmyk_as_rgb(destination, context);
  else
    decode_rows(destination, context);
  errors_.say_warnings(context, source().name());
}

void JpegReader::decode_rows(const AnyView& destination, Context& context) {
  DecodeRows rows(destination, codec_row(), context);
  const std::ptrdiff_t row_count = destination.extent(0);
  const std::ptrdiff_t step = rows.in_place() ? rows_per_call : 1;
  std::array<JSAMPROW, rows_per_call> pointers{};
  for (std::ptrdiff_t first = 0; first < row_count; first += step) {
    const std::ptrdiff_t count = std::min(step, row_count - first);
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      pointers[static_cast<std::size_t>(i)] = reinterpret_cast<JSAMPROW>(rows.row(first + i));
    }
    read(pointers.data(), static_cast<JDIMENSION>(count));
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      if (inverted_cmyk_) undo_inversion(rows.row(first + i));
      rows.done(first + i);
    }
    context.progress(rows_read_ + first + count, region_.height);
  }
}

void JpegReader::decode_cmyk_as_rgb(const AnyView& destination, Context& context) {
  constexpr std::ptrdiff_t inks = 4;
  DecodeRows rows(destination, codec_row(), context);
  std::vector<std::byte> cmyk(static_cast<std::size_t>(codec_width_ * inks));
  auto* samples = reinterpret_cast<JSAMPROW>(cmyk.data());
  const AnyConstView source(cmyk.data() + first_column_ * inks, Layout{{1, 0}, {region_.width, inks}, {inks, 1}},
                            ElementType::u8);
  for (std::ptrdiff_t r = 0; r < destination.extent(0); ++r) {
    read(&samples, 1);
    if (inverted_cmyk_) undo_inversion(cmyk.data());
    cmyk_to_rgb_->convert(AnyView(rows.row(r), Layout{{1, 0}, {region_.width, 3}, {3, 1}}, ElementType::u8), source,
                          context);
    context.count_scratch_bytes(region_.width * inks);
    rows.done(r);
    context.progress(rows_read_ + r + 1, region_.height);
  }
}

void JpegReader::end(Context& context) {
  // A region that ends early leaves the rest of the file unread.
  if (!begun_ || cinfo_.output_scanline < cinfo_.output_height) return;
  const ContextScope scope(errors_, context);
  reading_rows_ = false;
  run([this] { jpeg_finish_decompress(&cinfo_); });
  begun_ = false;
  errors_.say_warnings(context, source().name());
}

}  // namespace imgbuf::codecs::jpeg
