#include "codecs/jpeg/jpeg_writer.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "codecs/codec.hpp"
#include "codecs/jpeg/jpeg_guard.hpp"
#include "codecs/jpeg/jpeg_metadata_write.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::jpeg {

namespace {

// Few enough for a prompt cancellation, enough that a call's cost does not show.
constexpr std::ptrdiff_t rows_per_call = 16;

Subsampling::Factors checked_luma_factors(const std::string& name) {
  if (const auto factors = Subsampling::luma_factors(name)) return *factors;
  std::string known;
  for (const std::string_view other : Subsampling::names()) known.append(known.empty() ? "" : ", ").append(other);
  throw Error(ErrorCode::invalid_argument, "no JPEG subsampling '" + name + "'; there are " + known);
}

J_COLOR_SPACE color_space_of(ColorModel color) noexcept {
  switch (color) {
    case ColorModel::gray:
      return JCS_GRAYSCALE;
    case ColorModel::cmyk:
      return JCS_CMYK;
    default:
      return JCS_RGB;
  }
}

}  // namespace

JpegWriter::JpegWriter(Sink& sink, const EncodeOptions& options)
    : Writer(sink),
      options_(options),
      luma_(checked_luma_factors(options.subsampling.empty() ? "4:2:0" : options.subsampling)),
      output_(sink) {
  if (options.quality < 1 || options.quality > 100) {
    throw Error(ErrorCode::invalid_argument,
                "a JPEG quality of " + std::to_string(options.quality) + "; it is 1 to 100");
  }
  errors_.attach(cinfo_);
}

JpegWriter::~JpegWriter() {
  jpeg_destroy_compress(&cinfo_);
}

template <class Call>
void JpegWriter::run(const Call& call) {
  if (!guarded(errors_, call)) errors_.raise(sink_.name());
}

void JpegWriter::check_pixels() const {
  if (info_.width > max_dimension || info_.height > max_dimension) {
    throw Error(ErrorCode::unsupported,
                "JPEG holds at most " + std::to_string(max_dimension) + " x " + std::to_string(max_dimension) +
                    " pixels, not " + std::to_string(info_.width) + " x " + std::to_string(info_.height),
                sink_.name());
  }
  const PixelFormat& pixel = info_.pixel;
  if (!jpeg_codec().can_store(info_)) {
    throw Error(
        ErrorCode::unsupported,
        "JPEG cannot store " + pixel.to_string() + (info_.transparent_color ? " with a transparent colour" : ""),
        sink_.name());
  }
  constexpr int max_blocks_together = C_MAX_BLOCKS_IN_MCU;
  if (pixel.color == ColorModel::cmyk && 2 * luma_.horizontal * luma_.vertical + 2 > max_blocks_together) {
    throw Error(ErrorCode::unsupported, "JPEG cannot subsample CMYK as " + options_.subsampling, sink_.name());
  }
}

void JpegWriter::begin(Context& context) {
  check_pixels();
  const ContextScope scope(errors_, context);
  run([this] { jpeg_create_compress(&cinfo_); });
  output_.attach(cinfo_);
  progress_.attach(cinfo_);
  cinfo_.image_width = static_cast<JDIMENSION>(info_.width);
  cinfo_.image_height = static_cast<JDIMENSION>(info_.height);
  cinfo_.input_components = info_.channels();
  cinfo_.in_color_space = color_space_of(info_.pixel.color);
  run([this] { configure(); });
  set_resolution(cinfo_, info_.metadata, context);
  run([this] { jpeg_start_compress(&cinfo_, TRUE); });
  if (cinfo_.num_scans > 1 || cinfo_.optimize_coding != FALSE) codec_bytes_ = coefficient_bytes(cinfo_);
  write_metadata(cinfo_, errors_, info_, context, sink_.name());
}

/// The same choices as `cjpeg` makes, so that its files decode to the same pixels.
void JpegWriter::configure() {
  jpeg_set_defaults(&cinfo_);
  set_sampling();
  jpeg_set_quality(&cinfo_, options_.quality, FALSE);
  cinfo_.arith_code = options_.arithmetic_coding ? TRUE : FALSE;
  cinfo_.optimize_coding = options_.optimize_huffman && !options_.arithmetic_coding ? TRUE : FALSE;
  if (options_.progressive) jpeg_simple_progression(&cinfo_);
}

void JpegWriter::set_sampling() {
  const bool is_cmyk = info_.pixel.color == ColorModel::cmyk;
  const bool is_subsampled = luma_ != Subsampling::Factors{1, 1};
  if (info_.pixel.color == ColorModel::gray || (is_cmyk && (options_.subsampling.empty() || !is_subsampled))) {
    return;
  }
  if (is_cmyk) jpeg_set_colorspace(&cinfo_, JCS_YCCK);  // inks have no chroma to save on
  for (int c = 0; c < cinfo_.num_components; ++c) {
    const bool is_chroma = c == 1 || c == 2;
    cinfo_.comp_info[c].h_samp_factor = is_chroma ? 1 : luma_.horizontal;
    cinfo_.comp_info[c].v_samp_factor = is_chroma ? 1 : luma_.vertical;
  }
}

CodecRow JpegWriter::codec_row() const noexcept {
  return {.format = ElementType::u8, .width = info_.width, .channels = info_.channels()};
}

bool JpegWriter::encodes_in_place(const Layout& layout, Format format) const noexcept {
  return info_.pixel.color != ColorModel::cmyk && is_codec_row(layout, format, codec_row());
}

void JpegWriter::write(JSAMPARRAY rows, JDIMENSION count) {
  run([&] {
    for (JDIMENSION done = 0; done < count;) {
      const JDIMENSION more = jpeg_write_scanlines(&cinfo_, rows + done, count - done);
      if (more == 0) ERREXIT(&cinfo_, JERR_CANT_SUSPEND);  // not with a destination that never suspends
      done += more;
    }
  });
}

void JpegWriter::encode(const AnyConstView& source, Context& context) {
  const ContextScope scope(errors_, context);
  if (info_.pixel.color == ColorModel::cmyk)
    encode_inverted(source, context);
  else
    encode_rows(source, context);
}

void JpegWriter::encode_rows(const AnyConstView& source, Context& context) {
  EncodeRows rows(source, codec_row(), context);
  const std::ptrdiff_t row_count = source.extent(0);
  const std::ptrdiff_t step = rows.in_place() ? rows_per_call : 1;
  std::array<JSAMPROW, rows_per_call> pointers{};
  for (std::ptrdiff_t first = 0; first < row_count; first += step) {
    const std::ptrdiff_t count = std::min(step, row_count - first);
    for (std::ptrdiff_t i = 0; i < count; ++i) {
      // libjpeg only reads them.
      auto* row = const_cast<std::byte*>(rows.row(first + i));
      pointers[static_cast<std::size_t>(i)] = reinterpret_cast<JSAMPROW>(row);
    }
    write(pointers.data(), static_cast<JDIMENSION>(count));
    context.progress(rows_written_ + first + count, info_.height);
  }
}

void JpegWriter::encode_inverted(const AnyConstView& source, Context& context) {
  EncodeRows rows(source, codec_row(), context);
  std::vector<JSAMPLE> inverted(static_cast<std::size_t>(info_.row_bytes()));
  JSAMPROW pointer = inverted.data();
  for (std::ptrdiff_t r = 0; r < source.extent(0); ++r) {
    const auto* samples = reinterpret_cast<const JSAMPLE*>(rows.row(r));
    std::transform(samples, samples + inverted.size(), inverted.begin(),
                   [](JSAMPLE v) { return static_cast<JSAMPLE>(MAXJSAMPLE - v); });
    context.count_scratch_bytes(info_.row_bytes());
    write(&pointer, 1);
    context.progress(rows_written_ + r + 1, info_.height);
  }
}

void JpegWriter::end(Context& context) {
  const ContextScope scope(errors_, context);
  run([this] { jpeg_finish_compress(&cinfo_); });
  errors_.say_warnings(context, sink_.name());
}

}  // namespace imgbuf::codecs::jpeg
