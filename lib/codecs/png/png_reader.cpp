#include "codecs/png/png_reader.hpp"

#include <algorithm>
#include <limits>

#include "codecs/channel_selection.hpp"
#include "codecs/png/png_late_chunks.hpp"
#include "codecs/png/png_pixel.hpp"
#include "codecs/size_limits.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"

namespace imgbuf::codecs::png {

namespace {

/// What libpng asks for at once. Larger IDAT chunks are rare, and more gains nothing.
constexpr std::size_t input_bytes = 64 * 1024;
/// zlib's window and tables for inflating.
constexpr std::int64_t inflate_bytes = 48 * 1024;

}  // namespace

ReadStruct::ReadStruct(Trouble& trouble)
    : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &trouble, on_error, on_warning)),
      info(png != nullptr ? png_create_info_struct(png) : nullptr) {
  if (info != nullptr) return;
  png_destroy_read_struct(&png, nullptr, nullptr);
  throw Error(ErrorCode::out_of_memory, "libpng cannot start");
}

PngReader::PngReader(std::unique_ptr<Source> source, const Limits& limits)
    : Reader(std::move(source), limits),
      metadata_reader_(info_.metadata, limits.max_metadata_bytes, trouble_),
      input_(*source_, metadata_reader_, trouble_),
      structs_(trouble_) {
  const png_structp png = structs_.png;
  const auto chunk_limit =
      std::clamp(limits.max_metadata_bytes, std::int64_t{1}, std::int64_t{std::numeric_limits<std::int32_t>::max()});
  const bool ok = guarded(png, [&] {
    input_.connect(png);
    // `read_header` checks the size with the caller's limits; libpng's own message would not name them.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(png, static_cast<png_alloc_size_t>(chunk_limit));
    png_set_compression_buffer_size(png, input_bytes);
    png_read_info(png, structs_.info);
  });
  if (!ok) fail(this->source().name());
  read_header();
}

void PngReader::read_header() {
  const png_structp png = structs_.png;
  png_uint_32 width = 0;
  png_uint_32 height = 0;
  int bit_depth = 0;
  int color_type = 0;
  int interlace = 0;
  png_get_IHDR(png, structs_.info, &width, &height, &bit_depth, &color_type, &interlace, nullptr, nullptr);
  info_.width = static_cast<std::ptrdiff_t>(width);
  info_.height = static_cast<std::ptrdiff_t>(height);
  info_.pixel = pixel_format(color_type, bit_depth);
  info_.file.format = "PNG";
  info_.file.color_type = color_type_name(color_type);
  info_.file.bit_depth = bit_depth;
  info_.file.interlaced = interlace != PNG_INTERLACE_NONE;
  require_size_within(limits_, info_.width, info_.height, source().name());
  read_palette();
  read_transparency();
}

void PngReader::read_palette() {
  png_colorp colors = nullptr;
  int count = 0;
  if (png_get_PLTE(structs_.png, structs_.info, &colors, &count) == 0) return;
  if (info_.pixel.color != ColorModel::palette) {
    info_.metadata.not_carried.emplace_back("chunk PLTE (a suggested palette)");
    return;
  }
  for (int i = 0; i < count; ++i)
    info_.palette.push_back({.red = colors[i].red, .green = colors[i].green, .blue = colors[i].blue});
}

void PngReader::read_transparency() {
  png_bytep alpha = nullptr;
  png_color_16p color = nullptr;
  int count = 0;
  if (png_get_tRNS(structs_.png, structs_.info, &alpha, &count, &color) == 0) return;
  if (info_.pixel.color == ColorModel::palette) {
    const auto entries = std::min(static_cast<std::size_t>(count), info_.palette.size());
    for (std::size_t i = 0; alpha != nullptr && i < entries; ++i) info_.palette[i].alpha = alpha[i];
  } else if (color != nullptr) {
    // Only the low bits count (PNG, section 11.3.2.1).
    const auto sample = [this](png_uint_16 v) {
      return static_cast<std::uint16_t>(v & ((1u << info_.pixel.bit_depth) - 1));
    };
    if (info_.pixel.color == ColorModel::gray)
      info_.transparent_color = TransparentColor{sample(color->gray), 0, 0};
    else
      info_.transparent_color = TransparentColor{sample(color->red), sample(color->green), sample(color->blue)};
  }
}

void PngReader::scan_metadata() {
  if (!source().is_seekable() || metadata_reader_.is_closed() || started_) return;
  const std::uint64_t position = source().position();
  take_late_metadata();
  source().seek(position);
}

/// From inside the pixels, wherever decoding is. Leaves the source anywhere.
void PngReader::take_late_metadata() {
  const ChunkType in_chunk = input_.current_chunk();
  try {
    const auto chunks = find_late_chunks(source(), input_.chunk_bytes_left(), limits_.max_metadata_bytes);
    if (!chunks) return;
    for (const LateChunk& chunk : *chunks) {
      metadata_reader_.begin(chunk.type, chunk.length);
      if (chunk.data) {
        metadata_reader_.take(chunk.type, *chunk.data);
      } else if (MetadataReader::keeps(chunk.type)) {
        metadata_reader_.leave_out(chunk.type);
      }
    }
  } catch (const Error& error) {
    throw error.about(source().name());
  }
  metadata_reader_.close();
  metadata_reader_.begin(in_chunk, 0);
}

ImageInfo PngReader::prepare(const DecodeOptions& options) {
  if (options.scale != 1)
    throw Error(ErrorCode::unsupported, "PNG cannot be decoded at 1/" + std::to_string(options.scale));
  ImageInfo rows = info_;
  if (options.expand) {
    rows.pixel = expanded(info_);
    rows.palette.clear();
    rows.transparent_color.reset();
  }
  region_ = options.region.value_or(Region{0, 0, info_.width, info_.height});
  expand_ = options.expand;
  channels_ = options.channels;
  row_ = {.format = rows.pixel.format,
          .width = info_.width,
          .channels = rows.channels(),
          .first_column = region_.x,
          .selection = channels_};
  select_channels(rows, channels_);
  rows.width = region_.width;
  rows.height = region_.height;
  require_size_within(limits_, info_.width, info_.height, source().name());
  // The bytes of 2^31 x 2^31 pixels would not fit 64 bits; the pixels do.
  if (needs_whole_image() &&
      std::int64_t{rows.width} * rows.height > limits_.max_image_bytes / rows.pixel.bytes_per_pixel()) {
    throw Error(ErrorCode::limit_exceeded, "the interlaced picture takes more than max_image_bytes (" +
                                               std::to_string(limits_.max_image_bytes) + ")");
  }
  return rows;
}

std::int64_t PngReader::codec_bytes() const noexcept {
  const std::int64_t row_bytes = std::int64_t{row_.width} * row_.channels * row_.format.itemsize();
  return 2 * row_bytes + static_cast<std::int64_t>(input_bytes) + inflate_bytes;
}

bool PngReader::decodes_in_place(const Layout& layout, Format format) const noexcept {
  CodecRow row = row_;
  // libpng can give either byte order; which one is decided by the first rows.
  if (!rows_begun_) row.format = Format(row.format.type(), format.byte_order());
  return is_codec_row(layout, format, row);
}

void PngReader::end(Context& context) {
  if (file_rows_read_ < info_.height) {
    if (!metadata_reader_.is_closed()) take_late_metadata();
  } else if (!guarded(structs_.png, [&] { png_read_end(structs_.png, structs_.info); })) {
    fail(source().name());
  }
  trouble_.say_warnings(context, source().name() + ": ");
}

void PngReader::fail(std::string_view place) const {
  if (input_.has_ended()) {
    const ChunkType chunk = input_.current_chunk();
    const std::string where = chunk == 0 ? "" : ", in or after chunk " + chunk_name(chunk);
    throw Error(ErrorCode::truncated_data, "the file ends too early" + where, place);
  }
  // Of a bad header libpng tells the reason only as a warning.
  if (input_.current_chunk() == chunk_type("IHDR") && !trouble_.warnings().empty())
    throw Error(ErrorCode::corrupt_data, trouble_.warnings().back(), place);
  trouble_.raise(ErrorCode::corrupt_data, place);
}

}  // namespace imgbuf::codecs::png
