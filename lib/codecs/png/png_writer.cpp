#include "codecs/png/png_writer.hpp"

#include <algorithm>
#include <array>

#include "codecs/png/png_metadata_write.hpp"
#include "codecs/png/png_pixel.hpp"
#include "codecs/png/png_progress.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::png {

namespace {

/// Bytes of an IDAT chunk.
constexpr std::size_t output_bytes = 64 * 1024;
/// zlib's window and tables for deflating, at its default memory level.
constexpr std::int64_t deflate_bytes = 272 * 1024;
/// Rows that libpng holds to choose a filter.
constexpr std::int64_t filter_rows = 4;

}  // namespace

WriteStruct::WriteStruct(Trouble& trouble)
    : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &trouble, on_error, on_warning)),
      info(png != nullptr ? png_create_info_struct(png) : nullptr) {
  if (info != nullptr) return;
  png_destroy_write_struct(&png, nullptr);
  throw Error(ErrorCode::out_of_memory, "libpng cannot start");
}

PngWriter::PngWriter(Sink& sink, const EncodeOptions& options) : Writer(sink), options_(options), structs_(trouble_) {
  if (options.compression < 0 || options.compression > 9) {
    throw Error(ErrorCode::invalid_argument, "PNG's compression is 0 to 9, not " + std::to_string(options.compression),
                sink.name());
  }
}

std::int64_t PngWriter::codec_bytes() const noexcept {
  return (filter_rows + 2) * std::int64_t{info_.row_bytes()} + static_cast<std::int64_t>(output_bytes) + deflate_bytes;
}

bool PngWriter::encodes_in_place(const Layout& layout, Format format) const noexcept {
  CodecRow row = row_;
  // libpng takes either byte order; which one is decided by the first rows.
  if (!rows_begun_) row.format = Format(row.format.type(), format.byte_order());
  return is_codec_row(layout, format, row);
}

void PngWriter::require_storable() const {
  if (!can_store(info_)) {
    throw Error(ErrorCode::unsupported,
                "PNG cannot store " + info_.pixel.to_string() + "; " + nearest_storable(info_).to_string() +
                    " is the nearest that it can",
                sink_.name());
  }
  if (info_.width > PNG_UINT_31_MAX || info_.height > PNG_UINT_31_MAX) {
    throw Error(ErrorCode::unsupported,
                "PNG cannot store a picture of " + std::to_string(info_.width) + " x " + std::to_string(info_.height),
                sink_.name());
  }
}

void PngWriter::begin(Context& context) {
  require_storable();
  row_ = {.format = info_.pixel.format, .width = info_.width, .channels = info_.channels()};
  const MetadataChunks chunks = make_metadata_chunks(info_, context);
  write_header();
  write_palette();
  write_transparent_color();
  const png_structp png = structs_.png;
  const png_infop info = structs_.info;
  if (!guarded(png, [&] { png_write_info_before_PLTE(png, info); })) fail();
  write_chunks(chunks.before_palette);
  if (!guarded(png, [&] { png_write_info(png, info); })) fail();
  write_chunks(chunks.before_pixels);
  trouble_.say_warnings(context, {});
}

void PngWriter::write_header() {
  const png_structp png = structs_.png;
  const bool ok = guarded(png, [&] {
    png_set_write_fn(png, this, &PngWriter::on_write, &PngWriter::on_flush);
    // A palette index without an entry is worth a warning, as for the reader.
    png_set_benign_errors(png, 1);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_compression_level(png, options_.compression);
    png_set_compression_buffer_size(png, output_bytes);
    png_set_IHDR(png, structs_.info, static_cast<png_uint_32>(info_.width), static_cast<png_uint_32>(info_.height),
                 info_.pixel.bit_depth, color_type(info_.pixel),
                 options_.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
  });
  if (!ok) fail();
}

void PngWriter::write_palette() {
  if (info_.pixel.color != ColorModel::palette) return;
  std::array<png_color, 256> colors{};
  std::array<png_byte, 256> alpha{};
  int alpha_count = 0;
  const int count = static_cast<int>(info_.palette.size());
  for (int i = 0; i < count; ++i) {
    const PaletteEntry& entry = info_.palette[static_cast<std::size_t>(i)];
    colors[static_cast<std::size_t>(i)] = {.red = entry.red, .green = entry.green, .blue = entry.blue};
    alpha[static_cast<std::size_t>(i)] = entry.alpha;
    if (entry.alpha != 255) alpha_count = i + 1;
  }
  const bool ok = guarded(structs_.png, [&] {
    png_set_PLTE(structs_.png, structs_.info, colors.data(), count);
    if (alpha_count > 0) png_set_tRNS(structs_.png, structs_.info, alpha.data(), alpha_count, nullptr);
  });
  if (!ok) fail();
}

void PngWriter::write_transparent_color() {
  if (!info_.transparent_color || info_.pixel.alpha || info_.pixel.color == ColorModel::palette) return;
  const TransparentColor& samples = *info_.transparent_color;
  const png_color_16 color{.index = 0, .red = samples[0], .green = samples[1], .blue = samples[2], .gray = samples[0]};
  const bool ok = guarded(structs_.png, [&] { png_set_tRNS(structs_.png, structs_.info, nullptr, 1, &color); });
  if (!ok) fail();
}

void PngWriter::write_chunks(const std::vector<Chunk>& chunks) {
  const png_structp png = structs_.png;
  for (const Chunk& chunk : chunks) {
    const auto letters = chunk_letters(chunk.type);
    const auto* data = reinterpret_cast<png_const_bytep>(chunk.data.data());
    const std::size_t size = chunk.data.size();
    if (!guarded(png, [&] { png_write_chunk(png, reinterpret_cast<png_const_bytep>(letters.data()), data, size); }))
      fail();
  }
}

void PngWriter::begin_rows(Format format) {
  row_.format = format;
  const png_structp png = structs_.png;
  const bool swap = format.itemsize() == 2 && format.byte_order() == ByteOrder::little;
  const bool ok = guarded(png, [&] {
    png_set_packing(png);
    if (swap) png_set_swap(png);
    png_set_interlace_handling(png);
  });
  if (!ok) fail();
  rows_begun_ = true;
}

void PngWriter::encode(const AnyConstView& source, Context& context) {
  if (!rows_begun_) begin_rows(source.format());
  if (options_.interlaced) {
    write_interlaced(source, context);
    return;
  }
  EncodeRows rows(source, row_, context);
  std::array<const std::byte*, batch_rows> batch{};
  const std::ptrdiff_t total = source.extent(0);
  for (std::ptrdiff_t r = 0; r < total;) {
    context.check_cancelled();
    const auto count = rows.in_place() ? std::min(batch_rows, total - r) : 1;
    for (std::ptrdiff_t i = 0; i < count; ++i) batch[static_cast<std::size_t>(i)] = rows.row(r + i);
    write_from(std::span(batch).first(static_cast<std::size_t>(count)));
    r += count;
    report_rows(context, rows_written_ + r - count, rows_written_ + r, info_.height);
  }
}

void PngWriter::write_interlaced(const AnyConstView& source, Context& context) {
  EncodeRows rows(source, row_, context);
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
    for (std::ptrdiff_t y = 0; y < info_.height; ++y) {
      context.check_cancelled();
      // libpng counts all rows but looks only at those of the pass, so that others need not be gathered.
      const bool is_in_pass = PNG_ROW_IN_INTERLACE_PASS(static_cast<unsigned>(y), pass) != 0;
      const std::byte* const row[] = {is_in_pass ? rows.row(y) : nullptr};
      write_from(row);
    }
    report_pass(context, pass, info_.height);
  }
}

void PngWriter::write_from(std::span<const std::byte* const> rows) {
  const png_structp png = structs_.png;
  const bool ok = guarded(png, [&] {
    for (const std::byte* row : rows) png_write_row(png, reinterpret_cast<png_const_bytep>(row));
  });
  if (!ok) fail();
}

void PngWriter::end(Context& context) {
  if (!guarded(structs_.png, [&] { png_write_end(structs_.png, nullptr); })) fail();
  trouble_.say_warnings(context, {});
}

void PngWriter::on_write(png_structp png, png_bytep data, std::size_t size) {
  auto* writer = static_cast<PngWriter*>(png_get_io_ptr(png));
  // No C++ object may live in this frame when png_error leaves it.
  if (!writer->write({reinterpret_cast<const std::byte*>(data), size})) png_error(png, "writing failed");
}

bool PngWriter::write(std::span<const std::byte> bytes) noexcept {
  try {
    sink_.write(bytes);
    return true;
  } catch (...) {
    trouble_.keep_exception();
    return false;
  }
}

void PngWriter::fail() const {
  trouble_.raise(ErrorCode::unsupported, sink_.name());
}

}  // namespace imgbuf::codecs::png
